"""``db dump|load`` and ``files export|import``: data in and out, whole or not at all."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from datacats.engine.fake_world import Call, Outcome
from tests.support.desk import WORK, Desk
from tests.support.index import Index


class Inside:
    """Stands for the programs inside the containers; ``fails`` is a word of those that end badly, saying ``why``."""

    def __init__(self, desk: Desk) -> None:
        self.calls: list[Call] = []
        self.fails = ""
        self.why = b"no way\n"
        desk.engine.world.program = self

    def __call__(self, call: Call) -> Outcome:
        if call.main and call.container.startswith("datacats_"):
            return Outcome(None)
        self.calls.append(call)
        text = " ".join(call.command) + call.stdin.decode(errors="replace")
        if self.fails and self.fails in text:
            return Outcome(1, b"", self.why)
        return Outcome(0, b"content", b"")

    @property
    def said(self) -> str:
        """All that was run and piped in, in order."""
        return "\n".join(" ".join(call.command) + call.stdin.decode(errors="replace") for call in self.calls)


@pytest.fixture
def inside(catstown: Desk) -> Inside:
    catstown.cwd = WORK / "catstown"
    return Inside(catstown)


def test_a_dump_is_written_to_the_file_that_is_named(catstown: Desk, inside: Inside, tmp_path: Path) -> None:
    ran = catstown.done("db", "dump", tmp_path / "cats.dump")
    assert (tmp_path / "cats.dump").read_bytes() == b"content"
    assert ran.out == f"Wrote {tmp_path / 'cats.dump'}\n"
    assert inside.calls[-1].command[0] == "pg_dump"
    assert inside.calls[-1].command[-1] == "ckan"


def test_a_dump_to_standard_output_is_nothing_but_the_dump(catstown: Desk, inside: Inside) -> None:
    assert catstown.done("db", "dump", "-").out == "content"
    assert inside.calls[-1].container == "datacats_postgres_catstown"


@pytest.mark.parametrize("words", [("db", "dump"), ("files", "export"), ("images", "save")], ids=" ".join)
@pytest.mark.parametrize("option", ["--json", "--events", ""])
def test_data_goes_neither_beside_a_document_nor_onto_a_terminal(
    catstown: Desk, inside: Inside, words: tuple[str, str], option: str
) -> None:
    catstown.terminal = not option
    ran = catstown(*words, "-", *option.split())
    assert (ran.status, inside.calls) == (2, [])
    assert "document, not both" in ran.out if option else "no text for a terminal" in ran.err
    assert f"Name a file: datacats {' '.join(words)} FILE" in (ran.out if option else ran.err)


@pytest.mark.parametrize(("words", "what"), [([], "database"), (["--datastore"], "DataStore")])
def test_a_person_is_asked_before_a_database_is_replaced(
    catstown: Desk, inside: Inside, tmp_path: Path, words: list[str], what: str
) -> None:
    dump = tmp_path / "cats.dump"
    dump.write_bytes(b"PGDMP")
    catstown.terminal = True
    ran = catstown("db", "load", dump, *words, stdin=b"n\n")
    assert (ran.status, inside.calls, catstown.changes()) == (18, [], [])
    assert f"What is in the {what} of catstown now is lost. Go on? [y/N]" in ran.err
    assert "datacats db dump" in ran.err
    assert catstown("db", "load", dump, *words, stdin=b"y\n").status == 0
    assert inside.calls


@pytest.mark.parametrize("words", [["-y"], ["--json"], []], ids=" ".join)
def test_a_program_or_who_said_yes_is_not_asked(
    catstown: Desk, inside: Inside, tmp_path: Path, words: list[str]
) -> None:
    dump = tmp_path / "cats.dump"
    dump.write_bytes(b"PGDMP")
    catstown.terminal = bool(words)
    ran = catstown("db", "load", dump, *words)
    assert (ran.status, "Go on?" in ran.err) == (0, False)
    assert inside.calls


def test_the_datastore_is_the_other_database(catstown: Desk, inside: Inside) -> None:
    catstown.done("db", "dump", "-", "--datastore")
    assert inside.calls[-1].command[-1] == "datastore"


def test_a_dump_that_fails_leaves_no_file_and_keeps_the_one_that_was_there(
    catstown: Desk, inside: Inside, tmp_path: Path
) -> None:
    (tmp_path / "cats.dump").write_bytes(b"yesterday's")
    inside.fails = "pg_dump"
    ran = catstown("db", "dump", tmp_path / "cats.dump", "--force")
    assert ran.status == 16
    assert "no way" in ran.err
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("cats.dump", b"yesterday's")]


@pytest.mark.parametrize("words", ["db dump", "files export", "images save"])
def test_a_file_that_is_there_is_overwritten_only_by_force(
    catstown: Desk, inside: Inside, tmp_path: Path, words: str
) -> None:
    file = tmp_path / "old cats"
    file.write_bytes(b"yesterday's")
    file.chmod(0o640)
    ran = catstown(*words.split(), file)
    assert (ran.status, file.read_bytes(), inside.calls) == (5, b"yesterday's", [])
    assert ran.err.endswith(f"overwrite it: datacats {words} '{file}' --force\n")
    catstown.done(*words.split(), file, "--force")
    assert file.read_bytes() != b"yesterday's"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["old cats"]


def test_a_new_dump_is_for_its_owner_only(catstown: Desk, inside: Inside, tmp_path: Path) -> None:
    catstown.done("db", "dump", tmp_path / "cats.dump")
    assert inside.calls
    assert (tmp_path / "cats.dump").stat().st_mode & 0o777 == 0o600


def test_where_a_link_leads_is_overwritten_and_the_link_stays(catstown: Desk, inside: Inside, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "latest").symlink_to("there/cats.dump")
    catstown.done("db", "dump", tmp_path / "latest")
    catstown.done("db", "dump", tmp_path / "latest", "--force")
    assert inside.calls
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "there" / "cats.dump").read_bytes() == b"content"


def test_a_pipe_is_written_to_and_never_replaced(catstown: Desk, inside: Inside, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    catstown.done("db", "dump", pipe)
    assert inside.calls
    assert os.read(end, 100) == b"content"
    os.close(end)
    assert pipe.is_fifo()


def test_a_file_that_cannot_be_written_is_named(catstown: Desk, tmp_path: Path) -> None:
    ran = catstown("db", "dump", "-e", "catstown", tmp_path / "no" / "cats.dump")
    assert ran.status == 17
    assert "cannot be written" in ran.err


def test_a_load_fills_a_new_database_swaps_it_in_and_brings_the_site_up(
    catstown: Desk, inside: Inside, tmp_path: Path
) -> None:
    (tmp_path / "cats.dump").write_bytes(b"PGDMP...")
    catstown.done("db", "load", tmp_path / "cats.dump")
    steps = (
        "CREATE DATABASE ckan_loading",
        "PGDMP...",
        "RENAME TO ckan_before",
        "RENAME TO ckan;",
        "migrate.py",
        "reindex.py",
        "DROP DATABASE IF EXISTS ckan_before",
    )
    places = [inside.said.rindex(step) for step in steps]
    assert places == sorted(places)
    assert set(catstown.states().values()) == {"running"}


def test_before_the_database_is_replaced_everything_that_uses_it_stops(catstown: Desk, inside: Inside) -> None:
    catstown.done("db", "load", "-", stdin=b"PGDMP")
    assert "RENAME TO ckan;" in inside.said
    stopped = [line for line in catstown.engine.mutations if line.startswith("stop ")]
    assert stopped == ["stop datacats_web_catstown", "stop datacats_worker_catstown"]


def test_a_load_that_fails_leaves_the_old_database_and_a_running_site(catstown: Desk, inside: Inside) -> None:
    inside.fails = "PGDMP-broken"
    ran = catstown("db", "load", "-", stdin=b"PGDMP-broken")
    assert ran.status == 16
    assert "nothing was changed" in ran.err
    assert "RENAME" not in inside.said
    assert set(catstown.states().values()) == {"running"}


def test_a_database_that_its_ckan_refuses_is_swapped_back(catstown: Desk, inside: Inside) -> None:
    inside.fails = "migrate.py"
    ran = catstown("db", "load", "-", stdin=b"PGDMP")
    assert ran.status == 16
    assert "no way" in ran.err
    assert inside.said.rindex("ALTER DATABASE ckan_before RENAME TO ckan;") > inside.said.index("migrate.py")
    assert set(catstown.states().values()) == {"running"}


def test_a_dump_of_a_newer_ckan_is_called_that_and_nothing_is_changed(catstown: Desk, inside: Inside) -> None:
    inside.fails, inside.why = "migrate.py", b"Can't locate revision identified by '9445ce34fc23'"
    ran = catstown("db", "load", "-", stdin=b"PGDMP")
    assert ran.status == 16
    assert "The dump is of a newer CKAN than this site's, 2.12.0," in ran.err
    assert "nothing was changed" in ran.err
    assert "'9445ce34fc23'" in ran.err
    assert inside.said.rindex("ALTER DATABASE ckan_before RENAME TO ckan;") > inside.said.index("migrate.py")


@pytest.fixture
def tokens(desk: Desk) -> Index:
    """A site with an extension that holds a token; each token that is made differs from those before."""
    desk.create("catstown", "--bare")
    desk.cwd = WORK / "catstown"
    index = Index(desk)
    index.add("ckanext-xloader", "2.5.2", xloader="ckanext.xloader.plugin:xloaderPlugin")
    made = itertools.count(1)

    def program(call: Call) -> Outcome:
        outcome = index.program(call)
        return Outcome(0, b"token.%d\n" % next(made)) if "make_token" in " ".join(call.command) else outcome

    desk.engine.world.program = program
    desk.done("install", "ckanext-xloader")
    index.ran.clear()
    return index


def held(desk: Desk, service: str = "web") -> str:
    """The token that a service was started with."""
    mounts = desk.engine.world.container(f"datacats_{service}_catstown").spec.mounts
    place = next(Path(mount.source) for mount in mounts if mount.target == "/run/datacats")
    return desk.disk.read(place / "ckan.ini").decode().partition("ckanext.xloader.api_token = ")[2].splitlines()[0]


def test_extensions_get_tokens_that_the_loaded_database_knows_and_all_that_runs_ckan_starts_with_them(
    tokens: Index,
) -> None:
    desk = tokens.desk
    ids = [desk.engine.world.container(f"datacats_{name}_catstown").id for name in ("web", "worker")]
    desk.done("db", "load", "-", stdin=b"PGDMP")
    assert (held(desk), held(desk, "worker")) == ("token.2", "token.2")
    assert not {*ids} & {each.id for each in desk.engine.world.containers.values()}
    steps = [next(at for at, line in enumerate(tokens.ran) if word in line) for word in ("migrate.py", "make_token")]
    assert steps == sorted(steps)
    desk.done("start")
    assert held(desk) == "token.2"


def test_a_database_that_is_refused_leaves_the_tokens_of_the_old_one(tokens: Index) -> None:
    tokens.broken = "no way"
    assert tokens.desk("db", "load", "-", stdin=b"PGDMP").status == 16
    assert held(tokens.desk) == "token.1"


def test_where_no_token_can_be_made_the_old_database_and_its_tokens_come_back(tokens: Index) -> None:
    desk, said = tokens.desk, list[str]()

    def program(call: Call) -> Outcome:
        said.append(call.stdin.decode())
        return Outcome(1, b"", b"no user") if "make_token" in " ".join(call.command) else tokens.program(call)

    desk.engine.world.program = program
    ran = desk("db", "load", "-", stdin=b"PGDMP")
    assert (ran.status, "no user" in ran.err, held(desk)) == (16, True, "token.1")
    assert any("ALTER DATABASE ckan_before RENAME TO ckan;" in text for text in said)


def test_a_load_of_the_datastore_leaves_the_tokens(tokens: Index) -> None:
    tokens.desk.done("db", "load", "-", "--datastore", stdin=b"PGDMP")
    assert (held(tokens.desk), [line for line in tokens.ran if "make_token" in line]) == ("token.1", [])


def test_a_token_of_an_extension_that_is_not_enabled_is_made_when_it_is_again(tokens: Index) -> None:
    desk = tokens.desk
    desk.done("uninstall", "ckanext-xloader")
    desk.done("db", "load", "-", stdin=b"PGDMP")
    desk.done("install", "ckanext-xloader")
    assert held(desk) == "token.2"


def test_a_dry_run_of_a_load_tells_of_the_tokens(tokens: Index) -> None:
    ran = tokens.desk.done("db", "load", "-", "--dry-run")
    assert ran.out.index("migrate both") < ran.out.index("make_token") < ran.out.index("start what was stopped")
    assert "make_token" not in tokens.desk.done("db", "load", "-", "--datastore", "--dry-run").out


def test_a_swap_that_fails_brings_web_back_too(catstown: Desk, inside: Inside) -> None:
    inside.fails = "RENAME TO ckan_before"
    assert catstown("db", "load", "-", stdin=b"PGDMP").status == 16
    assert set(catstown.states().values()) == {"running"}


def test_what_an_interrupted_load_kept_does_not_stand_in_the_way_of_the_next(catstown: Desk, inside: Inside) -> None:
    catstown.done("db", "load", "-", stdin=b"PGDMP")
    dropped = inside.said.index("DROP DATABASE IF EXISTS ckan_before")
    assert dropped < inside.said.index("RENAME TO ckan_before")


def test_a_dump_that_is_not_there_is_a_mistake_of_the_command_line(catstown: Desk, tmp_path: Path) -> None:
    ran = catstown("db", "load", tmp_path / "no.dump", "-e", "catstown")
    assert ran.status == 2
    assert "no.dump" in ran.err
    assert catstown.changes() == []


def test_files_are_exported_from_a_container_that_sees_the_sites_storage(
    catstown: Desk, inside: Inside, tmp_path: Path
) -> None:
    ran = catstown.done("files", "export", tmp_path / "files.tar", "--json")
    assert ran.result == {"file": str(tmp_path / "files.tar")}
    assert (tmp_path / "files.tar").read_bytes() == b"content"
    assert inside.calls[-1].command[0] == "tar"


def test_files_are_imported_from_standard_input(catstown: Desk, inside: Inside) -> None:
    assert catstown.done("files", "import", "-", stdin=b"archive").out == "Imported -\n"
    assert inside.calls[-1].stdin == b"archive"


def test_files_travel_while_the_site_is_stopped_and_its_networks_are_gone(catstown: Desk, inside: Inside) -> None:
    catstown.done("stop")
    catstown.engine.world.networks.clear()
    catstown.done("files", "import", "-", stdin=b"archive")
    assert inside.calls[-1].stdin == b"archive"
    assert set(catstown.states().values()) == {"exited"}


def test_an_import_that_fails_says_that_no_file_was_changed(catstown: Desk, inside: Inside) -> None:
    inside.fails = "archive"
    ran = catstown("files", "import", "-", stdin=b"archive")
    assert ran.status == 16
    assert "no file was changed" in ran.err


@pytest.mark.parametrize("words", ["db dump -", "db load -", "files export -", "files import -"])
def test_data_of_a_site_that_is_not_there_is_refused(catstown: Desk, inside: Inside, words: str) -> None:
    ran = catstown(*words.split(), "-s", "staging")
    assert ran.status == 4
    assert inside.calls == []
