"""``ckan``, ``paster`` and ``exec``: words, streams and exit status belong to the inner command."""

from __future__ import annotations

import pytest

from datacats.engine.fake_world import Call, FakeContainer, Outcome, quiet
from datacats.engine.mapping import NotExecutable
from datacats.errors import Busy
from datacats.model.image import ImageRef
from datacats.model.service import ContainerSpec
from tests.support.desk import WORK, Desk, Ran


class Inner:
    """Stands for every command inside a container; keeps what it was told."""

    def __init__(self, desk: Desk, exit_code: int = 0) -> None:
        self.calls: list[Call] = []
        self.exit_code = exit_code
        desk.engine.world.program = self

    def __call__(self, call: Call) -> Outcome:
        if call.main and call.container.startswith("datacats_"):
            return Outcome(None)
        self.calls.append(call)
        return Outcome(self.exit_code, b"said: " + call.stdin, b"warned\n")

    @property
    def words(self) -> list[str]:
        return list(self.calls[-1].command)


@pytest.fixture
def inner(catstown: Desk) -> Inner:
    catstown.cwd = WORK / "catstown"
    return Inner(catstown)


@pytest.mark.parametrize(
    "words",
    [
        ["user", "list"],
        ["--version"],
        ["user", "add", "x", "--json", "-q", "--help"],
        ["db", "-s", "y", "-e", "z"],
        ["-c", "other.ini", "db", "upgrade"],
        ["search-index", "rebuild", "--", "-i"],
        ["--site"[:5]],
        [],
    ],
)
def test_every_word_from_the_first_that_is_not_ours_reaches_the_inner_command(
    catstown: Desk, inner: Inner, words: list[str]
) -> None:
    catstown.done("ckan", *words)
    assert inner.words == ["ckan", *words]


def test_ours_come_first_and_end_at_the_first_word_that_is_not_ours(catstown: Desk, inner: Inner) -> None:
    catstown.done("init", "-s", "x")
    catstown.done("ckan", "-s", "x", "db", "-s", "y", "--help", "-e")
    assert inner.words == ["ckan", "db", "-s", "y", "--help", "-e"]
    assert catstown.engine.mutations[-1].startswith("create random_")


@pytest.mark.parametrize("ours", [["-e", "catstown"], ["-ecatstown"], ["--environment=catstown"], ["-s", "primary"]])
def test_our_options_are_taken_in_each_spelling(catstown: Desk, inner: Inner, ours: list[str]) -> None:
    if "catstown" in ours[-1]:
        catstown.cwd = WORK
    catstown.done("ckan", *ours, "user", "list")
    assert inner.words == ["ckan", "user", "list"]


def test_two_dashes_end_ours_and_are_not_passed_on(catstown: Desk, inner: Inner) -> None:
    catstown.done("ckan", "-e", "catstown", "--", "-e", "--help")
    assert inner.words == ["ckan", "-e", "--help"]


def test_help_as_the_first_word_is_ours(catstown: Desk, inner: Inner) -> None:
    assert catstown.done("ckan", "--help").out.startswith("Usage: datacats ckan")
    assert inner.calls == []


def test_an_option_of_ours_without_its_value_is_a_mistake(catstown: Desk) -> None:
    assert catstown("ckan", "-e").status == 2


def test_streams_and_exit_status_are_the_inner_commands_own(catstown: Desk, inner: Inner) -> None:
    inner.exit_code = 7
    ran = catstown("ckan", "user", "list", stdin=b"hello\n")
    assert (ran.status, ran.out, ran.err) == (7, "said: hello\n", "warned\n")


def test_a_program_that_is_not_there_is_told_with_the_next_command_and_the_status_of_a_shell(catstown: Desk) -> None:
    def program(call: Call) -> Outcome:
        if call.container.startswith("datacats_"):
            return quiet(call)
        raise NotExecutable("There is no nosuch in the container.", "See what there is.")

    catstown.engine.world.program = program
    ran = catstown("run", "-e", "catstown", "nosuch")
    assert (ran.status, ran.out) == (127, "")
    assert ran.err.splitlines() == ["Error: There is no nosuch in the container.", "Next: See what there is."]


def test_a_one_off_container_is_like_web_has_no_name_of_ours_and_is_gone_after(catstown: Desk, inner: Inner) -> None:
    before = catstown.states()
    catstown.done("ckan", "user", "list")
    assert catstown.states() == before
    assert [line for line in catstown.engine.mutations if "random" in line] == [f"create {inner.calls[-1].container}"]


def test_a_one_off_container_starts_the_backing_services_and_not_web(catstown: Desk, inner: Inner) -> None:
    catstown.done("stop")
    catstown.done("ckan", "user", "list")
    assert {name for name, state in catstown.states().items() if state == "exited"} == {
        "datacats_web_catstown",
        "datacats_worker_catstown",
        "datacats_mail_catstown",
    }
    assert inner.words == ["ckan", "user", "list"]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["--plugin=ckan", "db", "upgrade"], ["db", "upgrade"]),
        (["--plugin", "ckan", "db", "upgrade"], ["db", "upgrade"]),
        (["db", "upgrade"], ["db", "upgrade"]),
        (["--plugin=ckan", "user", "add", "--plugin=x"], ["user", "add", "--plugin=x"]),
        (["-s", "primary", "--plugin=ckan", "db", "upgrade"], ["db", "upgrade"]),
        ([], []),
    ],
)
def test_paster_means_the_same_command_of_todays_ckan(
    catstown: Desk, inner: Inner, words: list[str], meant: list[str]
) -> None:
    catstown.done("paster", *words)
    assert inner.words == ["ckan", *meant]


@pytest.mark.parametrize("words", [["ckan", "generate", "extension"], ["paster", "create", "-t", "ckanext", "x"]])
def test_ckans_generator_of_extensions_which_cannot_work_names_ours_and_starts_nothing(
    catstown: Desk, inner: Inner, words: list[str]
) -> None:
    ran = catstown(*words)
    assert (ran.status, inner.calls, catstown.changes()) == (2, [], [])
    assert "datacats generate extension NAME" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("ckan", "-e", "catstown", "db", "init"),
        ("ckan", "-e", "catstown", "-c", "other.ini", "db", "clean", "--yes"),
        ("paster", "-e", "catstown", "--plugin=ckan", "db", "upgrade"),
        ("run", "-e", "catstown", "ckan", "db", "downgrade"),
    ],
)
@pytest.mark.parametrize("second", [("ckan", "-e", "catstown", "db", "upgrade"), ("reload", "catstown")])
def test_while_a_command_changes_tables_nothing_else_does_and_who_waits_is_told_for_whom(
    catstown: Desk, words: tuple[str, ...], second: tuple[str, ...]
) -> None:
    meanwhile: list[Ran] = []

    def program(call: Call) -> Outcome:
        if call.main and "db" in call.command and not meanwhile:
            meanwhile.append(catstown(*second))
        return quiet(call) if call.container.startswith("datacats_") else Outcome(0)

    catstown.engine.world.program = program
    catstown.done(*words)
    ((status, said),) = [(ran.status, ran.err) for ran in meanwhile]
    assert (status, "Waiting for the environment catstown (pid " in said) == (Busy.exit_code, True)
    catstown.done(*second)


@pytest.mark.parametrize("words", ["ckan user list", "ckan db version", "ckan db", "ckan", "run echo db init"])
def test_nobody_waits_for_a_command_that_changes_no_table(catstown: Desk, words: str) -> None:
    held: list[bool] = []
    catstown.cwd = WORK / "catstown"

    def program(call: Call) -> Outcome:
        if not call.container.startswith("datacats_"):
            held.append(bool(catstown.disk.holders))
        return quiet(call) if call.container.startswith("datacats_") else Outcome(0)

    catstown.engine.world.program = program
    catstown.done(*words.split())
    assert held == [False]


def test_a_json_among_the_inner_words_makes_no_json_of_our_errors(catstown: Desk) -> None:
    ran = catstown("ckan", "-e", "nowhere", "user", "list", "--json")
    assert ran.status == 4
    assert ran.err.startswith("Error: There is no environment 'nowhere'")
    assert ran.out == ""


def test_a_command_on_a_half_made_site_says_how_to_carry_on(catstown: Desk) -> None:
    path = catstown.workspace().root.environment("catstown") / "sites" / "primary" / "site.json"
    catstown.disk.add(path, catstown.disk.read(path).replace(b'"created"', b'"creating"'))
    ran = catstown("ckan", "-e", "catstown", "user", "list")
    assert ran.status == 5
    assert "datacats create" in ran.err


def test_exec_runs_inside_the_running_service(catstown: Desk, inner: Inner) -> None:
    ran = catstown.done("exec", "postgres", "psql", "-U", "postgres", "--help", "ckan", stdin=b"select 1")
    assert inner.calls[-1].container == "datacats_postgres_catstown"
    assert inner.words == ["psql", "-U", "postgres", "--help", "ckan"]
    assert ran.out == "said: select 1"
    assert catstown.changes() == []


@pytest.mark.parametrize("words", [[], ["postgres"]])
def test_exec_without_a_command_says_what_it_wants(catstown: Desk, words: list[str]) -> None:
    ran = catstown("exec", *words)
    assert ran.status == 2
    assert "For example: datacats exec web sh" in ran.err


def test_exec_in_a_service_that_is_none_lists_the_services(catstown: Desk, inner: Inner) -> None:
    ran = catstown("exec", "mysql", "sh")
    assert ran.status == 4
    assert "Services: web, postgres, solr, redis" in ran.err
    assert inner.calls == []


def test_exec_in_a_service_that_does_not_run_says_how_to_start_it(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    ran = catstown("exec", "-e", "catstown", "web", "sh")
    assert ran.status == 11
    assert "datacats start" in ran.err
    catstown.engine.world.containers.clear()
    assert "datacats start catstown" in catstown("exec", "-e", "catstown", "web", "sh").err


def test_exec_never_reaches_into_a_container_of_somebody_else(catstown: Desk, inner: Inner) -> None:
    name = "datacats_web_catstown"
    stranger = ContainerSpec(name, ImageRef("nginx", "1"), (), "0:0")
    catstown.engine.world.containers[name] = FakeContainer("f" * 64, name, stranger, ["bridge"], state="running")
    assert catstown("exec", "web", "sh").status == 5
    assert catstown("logs").status == 5
    assert inner.calls == []
