"""``run``, ``shell`` and ``python`` in one-offs; ``psql``, ``solr`` and ``redis-cli`` where their service runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.model.names import BACKING_SERVICES
from datacats.model.ports import Streams
from datacats.model.service import ContainerSpec
from datacats.services import solr
from tests.cli.test_inner_commands import Inner
from tests.support.desk import WORK, Desk


@pytest.fixture
def inner(catstown: Desk) -> Inner:
    catstown.cwd = WORK / "catstown"
    return Inner(catstown)


def stand_in(desk: Desk, directory: Path, *files: str) -> None:
    for file in files:
        desk.disk.add(directory / file)
    desk.disk.add(directory / "module.py")
    desk.cwd = directory


def directories(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where one-off containers begin, from now on."""
    found: list[str] = []
    run = desk.engine.containers.run

    def keep(spec: ContainerSpec, streams: Streams) -> int:
        found.append(spec.working_dir)
        return run(spec, streams)

    monkeypatch.setattr(desk.engine.containers, "run", keep)
    return found


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["run", "env"], ["env"]),
        (["run", "-s", "primary", "ls", "-s", "--help"], ["ls", "-s", "--help"]),
        (["run", "python", "-c", "print(1)", "--json"], ["python", "-c", "print(1)", "--json"]),
        (["python", "-m", "site"], ["python", "-m", "site"]),
        (["python", "-c", "print(1)", "-e", "x"], ["python", "-c", "print(1)", "-e", "x"]),
        (["python"], ["python"]),
        (["shell"], ["bash", "-l"]),
        (["shell", "-c", "ckan user list"], ["bash", "-l", "-c", "ckan user list"]),
    ],
)
def test_a_one_off_runs_the_words_as_they_are(
    catstown: Desk, inner: Inner, words: list[str], command: list[str]
) -> None:
    before = catstown.states()
    inner.exit_code = 9
    ran = catstown(*words, stdin=b"typed")
    assert (ran.status, ran.out, ran.err) == (9, "said: typed", "warned\n")
    assert inner.words == command
    assert catstown.states() == before


def test_run_without_a_program_says_what_it_wants(catstown: Desk, inner: Inner) -> None:
    ran = catstown("run")
    assert ran.status == 2
    assert "For example: datacats run env" in ran.err
    assert inner.calls == []


def test_run_of_ckan_takes_the_spare_as_ckan_itself(catstown: Desk, inner: Inner) -> None:
    catstown.done("spare")
    catstown.done("run", "ckan", "user", "list")
    assert inner.words == ["user", "list"]


@pytest.mark.parametrize(
    ("place", "files", "begins"),
    [
        ("", [], "/project"),
        ("ckanext-cats", ["pyproject.toml"], "/project/ckanext-cats"),
        ("ckanext-cats/ckanext/cats", ["../../setup.py"], "/project/ckanext-cats"),
        ("notes/old", [], "/project"),
    ],
)
def test_a_shell_begins_in_the_extension_that_one_stands_in_else_in_the_source(
    catstown: Desk, inner: Inner, monkeypatch: pytest.MonkeyPatch, place: str, files: list[str], begins: str
) -> None:
    found = directories(catstown, monkeypatch)
    directory = WORK / "catstown" / place
    for file in files:
        catstown.disk.add(WORK / "catstown" / "ckanext-cats" / Path(file).name)
    stand_in(catstown, directory)
    catstown.done("shell")
    assert found == [begins]
    assert inner.words == ["bash", "-l"]


def test_a_shell_from_elsewhere_begins_in_the_source(
    catstown: Desk, inner: Inner, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = directories(catstown, monkeypatch)
    stand_in(catstown, WORK / "elsewhere", "pyproject.toml")
    catstown.done("shell", "-e", "catstown")
    assert found == ["/project"]
    assert inner.calls


@pytest.mark.parametrize(("ours", "database"), [([], "ckan"), (["--datastore"], "datastore")])
def test_psql_runs_beside_the_server_as_ckans_role_with_no_password(
    catstown: Desk, inner: Inner, ours: list[str], database: str
) -> None:
    ran = catstown.done("psql", *ours, "-c", "SELECT 1", "--datastore", stdin=b"typed")
    assert ran.out == "said: typed"
    assert inner.calls[-1].container == "datacats_postgres_catstown"
    assert inner.words[0] == "psql"
    assert inner.words[inner.words.index("-U") + 1] == "ckan"
    assert inner.words[inner.words.index("-d") + 1] == database
    assert inner.words[-3:] == ["-c", "SELECT 1", "--datastore"]
    assert "password" not in " ".join(inner.words).lower()


def test_redis_cli_is_signed_in_with_a_password_that_no_command_line_shows(catstown: Desk, inner: Inner) -> None:
    secrets = json.loads(
        catstown.disk.read(Path(catstown.env["DATACATS_HOME"]) / "catstown/sites/primary/secrets.json")
    )
    catstown.done("redis-cli", "PING")
    assert inner.calls[-1].container == "datacats_redis_catstown"
    assert inner.words[-2:] == ["redis-cli", "PING"]
    assert secrets["redis"] not in " ".join(inner.words)


@pytest.mark.parametrize("words", [["psql"], ["redis-cli"], ["solr"]])
def test_what_asks_a_service_brings_it_up_first_and_leaves_web(catstown: Desk, words: list[str]) -> None:
    catstown.done("stop", "catstown")
    catstown.engine.world.program = lambda call: Outcome(None if call.main else 0, b"{}")
    catstown.done(words[0], "-e", "catstown")
    up = {name for name, state in catstown.states().items() if state == "running"}
    assert up == {f"datacats_{service}_catstown" for service in BACKING_SERVICES}


class Solr:
    """Answers queries as Solr would, or as it would not."""

    def __init__(self, desk: Desk, answer: bytes, status: int = 0, said: bytes = b"") -> None:
        self.asked: list[str] = []
        self.outcome = Outcome(status, answer, said)
        desk.cwd = WORK / "catstown"
        desk.engine.world.program = self

    def __call__(self, call: Call) -> Outcome:
        assert call.container == "datacats_solr_catstown"
        self.asked.append(call.command[-1])
        return self.outcome


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        ([], "q=%2A%3A%2A&wt=json"),
        (["title:cats"], "q=title%3Acats&wt=json"),
        (["title:cats", "and", "dogs", "rows=5"], "q=title%3Acats+and+dogs&rows=5&wt=json"),
        (["q=title:x", "rows=5", "facet.field=tags"], "q=title%3Ax&rows=5&facet.field=tags&wt=json"),
        (["notes:a=b"], "q=notes%3Aa%3Db&wt=json"),
        (["q=x&rows=99", "wt=json"], "q=x%26rows%3D99&wt=json"),
    ],
)
def test_solr_takes_a_query_and_parameters(catstown: Desk, words: list[str], parameters: str) -> None:
    solr = Solr(catstown, '{"response": {"numFound": 1, "docs": [{"title": "Käse"}]}}'.encode())
    ran = catstown.done("solr", *words)
    assert solr.asked == [parameters]
    assert json.loads(ran.out)["response"]["numFound"] == 1
    assert "Käse" in ran.out


def test_a_query_that_solr_refuses_is_told_in_its_words(catstown: Desk) -> None:
    Solr(catstown, b'{"error": {"msg": "undefined field cats", "code": 400}}')
    ran = catstown("solr", "cats:1")
    assert ran.status == 16
    assert "undefined field cats" in ran.err


def test_an_answer_that_is_none_is_shown(catstown: Desk) -> None:
    Solr(catstown, b"<html>503</html>")
    ran = catstown("solr", "x")
    assert ran.status == 16
    assert "<html>503</html>" in ran.err


@pytest.mark.parametrize("words", [["wt=csv"], ["title:cats", "wt=xml", "rows=5"]])
def test_an_answer_in_another_form_is_printed_as_solr_gave_it(catstown: Desk, words: list[str]) -> None:
    Solr(catstown, b"id,name\r\n1,\xe2\x98\x83\n")
    assert catstown.done("solr", *words).out == "id,name\r\n1,\u2603\n"


@pytest.mark.parametrize("body", [b"\n", b"<response>For input string</response>"])
def test_a_query_that_is_refused_in_another_form_is_no_answer(catstown: Desk, body: bytes) -> None:
    Solr(catstown, body, solr.REFUSED, b"HTTP/1.1 400 Bad Request")
    ran = catstown("solr", "wt=csv", "rows=x")
    assert (ran.status, ran.out) == (16, "")
    assert "Solr refused the query: HTTP/1.1 400 Bad Request" in ran.err
    assert body.decode().strip() in ran.err


def test_a_solr_that_cannot_be_reached_gives_no_answer_in_any_form(catstown: Desk) -> None:
    Solr(catstown, b"", 1, b"connect: Connection refused")
    ran = catstown("solr", "wt=csv")
    assert (ran.status, "connect: Connection refused" in ran.err) == (16, True)
