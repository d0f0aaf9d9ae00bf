"""How a run ends when the world is not as it should be: an exit status, words that help, and never a traceback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from datacats import errors
from datacats.cli.commands import COMMANDS
from datacats.engine.fake_world import Call, Outcome
from datacats.errors import DatacatsError, EngineTooOld, EngineUnreachable, Interrupted
from datacats.version import VERSION
from tests.support.desk import HOME, Desk

SOURCE = Path(__file__).parents[2] / "src" / "datacats"

RUN = """\
import sys
from datacats.cli.main import run
{before}
sys.exit(run(sys.argv[1:]))
"""


def kinds(top: type[DatacatsError] = DatacatsError) -> list[type[DatacatsError]]:
    return [
        top,
        *(kind for below in top.__subclasses__() if below.__module__ == errors.__name__ for kind in kinds(below)),
    ]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_error_that_datacats_knows_is_told_in_words_with_its_exit_status(
    catstown: Desk, kind: type[DatacatsError]
) -> None:
    catstown.engine.world.failures["list"] = kind("The cat is out.", "Call it.", detail="a paw\na tail")
    ran = catstown("start", "catstown")
    assert ran.status == kind.exit_code
    if not issubclass(kind, Interrupted):
        assert ran.err == "Error: The cat is out.\n  | a paw\n  | a tail\nNext: Call it.\n"
    assert ran.out == ""


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_error_as_json_is_one_document_on_standard_output(catstown: Desk, kind: type[DatacatsError]) -> None:
    catstown.engine.world.failures["list"] = kind("The cat is out.", "Call it.", detail="a paw")
    ran = catstown("start", "catstown", "--json")
    assert ran.err == ""
    assert ran.document == {
        "datacats": 1,
        "command": "start",
        "error": {
            "kind": kind.__name__,
            "message": "The cat is out.",
            "hint": "Call it.",
            "during": "",
            "detail": "a paw",
            "log": "",
            "exit_code": kind.exit_code,
        },
    }


def test_the_exit_statuses_stand_in_the_documentation_of_the_errors() -> None:
    table = errors.__doc__ or ""
    for kind in kinds():
        assert re.search(rf"\b{kind.__name__} +{kind.exit_code}\b", table), kind.__name__


@pytest.mark.parametrize("words", [["stop", "--bogus", "--json"], ["db", "dump", "--json"], ["create", "--json"]])
def test_a_mistake_on_the_command_line_is_json_too_for_who_asks_for_it(desk: Desk, words: list[str]) -> None:
    ran = desk(*words)
    assert (ran.status, ran.err) == (2, "")
    assert ran.error["kind"] == "UsageError"


def test_the_command_in_a_document_is_what_was_typed(catstown: Desk) -> None:
    assert catstown.done("images", "list", "--json").document["command"] == "images list"


ABSENT = EngineUnreachable("No Docker Engine runs here: there is no socket.", "Start it: sudo systemctl start docker")
CLOSED = EngineUnreachable("You may not use the Docker Engine.", "Join the group docker: sudo usermod -aG docker $USER")
OLD = EngineTooOld("The Docker Engine is too old.", "Install Docker Engine 20.10 or newer.")
WORDS = (
    "create dogville",
    "start catstown",
    "stop catstown",
    "reload catstown",
    "restart web catstown",
    "info catstown",
    "status catstown",
    "list",
    "open catstown",
    "logs -e catstown",
    "ckan -e catstown user list",
    "paster -e catstown user list",
    "run -e catstown env",
    "shell -e catstown",
    "python -e catstown",
    "psql -e catstown",
    "solr -e catstown",
    "redis-cli -e catstown",
    "spare catstown",
    "exec -e catstown web sh",
    "db dump - -e catstown",
    "db load - -e catstown",
    "files export - -e catstown",
    "files import - -e catstown",
    "upgrade catstown",
    "images list",
    "images build",
    "images prune",
    "pull",
    "profile -e catstown",
    "mail -e catstown",
    "demo-data catstown",
    "service list catstown",
    "service remove worker -e catstown",
    "link other -e catstown",
    "unlink other -e catstown",
    "tweak -p catstown",
    "generate extension my-thing -e catstown",
    "install -e catstown",
    "uninstall -e catstown ckanext-cats",
    "extensions catstown",
    "sass catstown",
    "test --ckan-core munge",
    "purge catstown -y",
)


def test_that_list_of_commands_leaves_none_out() -> None:
    assert {words.split()[0] for words in WORDS} == set(COMMANDS) - {"init", "doctor", "help", "completion", "config"}


ONLY_FILES = (
    "generate extension my-thing -e catstown",
    "install -e catstown",
    "uninstall -e catstown ckanext-cats",
    "extensions catstown",
    "link other -e catstown",
)
"""With nothing to install, to take out or to link with no engine is asked."""


@pytest.mark.parametrize("words", sorted({*WORDS} - {*ONLY_FILES}))
def test_an_engine_that_cannot_be_used_is_told_by_every_command(catstown: Desk, words: str) -> None:
    for error in (ABSENT, CLOSED, OLD):
        catstown.engine.world.failures[""] = error
        ran = catstown(*words.split())
        assert ran.status == error.exit_code
        assert ran.err.splitlines()[-1] == f"Next: {error.hint}"
        assert error.message in ran.err
        assert "Traceback" not in ran.err


def test_a_command_that_waits_for_another_names_it_in_the_end(catstown: Desk) -> None:
    catstown.disk.holders[HOME / "catstown" / "lock"] = "datacats purge catstown"
    ran = catstown("start", "catstown")
    assert ran.status == 6
    assert "The environment catstown is in use by datacats purge catstown (pid " in ran.err
    assert "Next: Try again when that has ended." in ran.err


@pytest.mark.parametrize("words", ["create dogville", "start catstown 5001"])
def test_what_takes_a_port_waits_for_whoever_takes_one_now(catstown: Desk, words: str) -> None:
    catstown.disk.holders[HOME / "_locks" / "root"] = "datacats create birdland"
    ran = catstown(*words.split())
    assert ran.status == 6
    assert f"Waiting for the root lock of {HOME} (pid {os.getpid()}: datacats create birdland) ..." in ran.err


ALONE = (
    "start catstown",
    "stop catstown",
    "reload catstown",
    "ckan -e catstown user list",
    "run -e catstown env",
    "psql -e catstown",
    "spare catstown",
    "db dump - -e catstown",
    "db load - -e catstown",
    "files export - -e catstown",
    "files import - -e catstown",
    "upgrade catstown",
    "demo-data catstown",
    "service remove worker -e catstown",
    "tweak -p catstown",
    "tweak --new-secrets catstown",
    "generate extension my-thing -e catstown",
    "install -e catstown",
    "extensions --outdated catstown",
    "sass catstown",
    "purge catstown -y",
)


@pytest.mark.parametrize("words", ALONE)
def test_who_waits_for_another_command_is_told_for_which(catstown: Desk, words: str) -> None:
    catstown.disk.holders[HOME / "catstown" / "lock"] = "datacats upgrade catstown"
    ran = catstown(*words.split())
    assert ran.status == 6
    waiting = f"Waiting for the environment catstown (pid {os.getpid()}: datacats upgrade catstown) ...\n"
    assert ran.err.count(waiting) == 1


def test_an_interrupt_ends_with_130_and_one_line(catstown: Desk) -> None:
    def interrupt(_call: object) -> None:
        raise KeyboardInterrupt

    catstown.engine.world.program = interrupt  # type: ignore[assignment]
    ran = catstown("restart", "web", "catstown", "-q")
    assert ran.status == 130
    assert ran.err.strip() == "Interrupted. Run the same command again to carry on."
    catstown.engine.world.program = type(catstown.engine.world)().program
    assert catstown.done("start", "catstown").status == 0


@pytest.mark.parametrize(
    ("words", "inner"),
    [
        ("create dogville --bare", "/usr/lib/datacats/initdb"),
        ("create dogville --bare", "migrate.py"),
        ("demo-data catstown", "load_demo.py"),
        ("files export - -e catstown", "tar"),
        ("files import - -e catstown", "tarfile"),
        ("db dump - -e catstown", "pg_dump"),
        ("db load - -e catstown", "pg_restore"),
        ("db load - -e catstown", "migrate.py"),
        ("db load - -e catstown", "reindex"),
    ],
)
def test_an_interrupt_of_what_works_inside_for_us_is_ours(catstown: Desk, words: str, inner: str) -> None:
    catstown.disk.tree.remove(HOME / "_templates")
    before = catstown.engine.world.program

    def interrupt(call: Call) -> Outcome:
        if inner in " ".join(call.command):
            raise KeyboardInterrupt
        return before(call) if call.container.startswith("datacats_") else Outcome(0)

    catstown.engine.world.program = interrupt
    ran = catstown(*words.split(), stdin=b"PGDMP")
    assert (ran.status, ran.err.splitlines()[-1]) == (130, "Interrupted. Run the same command again to carry on.")
    assert set(catstown.states().values()) <= {"running"}
    catstown.engine.world.program = lambda call: Outcome(None if call.main and "datacats_" in call.container else 0)
    catstown.done(*words.split(), stdin=b"PGDMP")


def started(tmp_path: Path, *words: str, before: str = "", **pipes: int) -> subprocess.Popen[bytes]:
    env = {**os.environ, "DATACATS_HOME": str(tmp_path), "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    env.pop("PYTHONUNBUFFERED", None)  # with it there is nothing left to be written at the end
    script = RUN.format(before=before)
    return subprocess.Popen([sys.executable, "-c", script, *words], env=env, cwd=tmp_path, **pipes)  # type: ignore[call-overload,no-any-return]


def test_a_reader_that_has_seen_enough_ends_the_command_well(tmp_path: Path) -> None:
    read, write = os.pipe()
    with started(
        tmp_path, "--help", before="sys.stdin.read()", stdin=subprocess.PIPE, stdout=write, stderr=subprocess.PIPE
    ) as process:
        os.close(write)
        os.close(read)
        _, said = process.communicate(b"")
    assert (process.returncode, said) == (0, b"")


def test_a_reader_that_is_gone_before_a_single_line_ends_the_command_well(tmp_path: Path) -> None:
    before = "import datacats.cli.list as l\nl.command.callback = lambda *a, **k: print('x')\nsys.stdin.read()"
    read, write = os.pipe()
    with started(
        tmp_path, "list", before=before, stdin=subprocess.PIPE, stdout=write, stderr=subprocess.PIPE
    ) as process:
        os.close(write)
        os.close(read)
        _, said = process.communicate(b"")
    assert (process.returncode, said) == (0, b"")


def test_a_reader_that_has_seen_enough_ends_a_long_list_well(tmp_path: Path) -> None:
    before = "from datacats.cli import main, render\nmain.root.callback = lambda: None\n"
    before += (
        "import datacats.cli.list as l\nl.command.callback = lambda *a, **k: [print('x' * 99) for _ in range(9999)]"
    )
    with started(tmp_path, "list", before=before, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        process.wait()
    assert (process.returncode, said) == (0, b"")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("list",), 17, "The output cannot be written: No space left on device."),
        (("list", "--json"), 17, "The output cannot be written: No space left on device."),
        (("purge", "nowhere", "--json"), 4, "There is no environment 'nowhere', and no such directory."),
    ],
)
def test_output_that_cannot_be_written_is_told_in_words_with_its_status(
    tmp_path: Path, words: tuple[str, ...], status: int, told: str
) -> None:
    before = "import click, datacats.cli.list as l\n"
    before += "l.command.callback = lambda **_: click.get_current_context().obj.result({}, ['x'])"
    with (
        Path("/dev/full").open("wb") as full,
        started(tmp_path, *words, before=before, stdout=full.fileno(), stderr=subprocess.PIPE) as process,
    ):
        _, said = process.communicate()
    assert process.returncode == status
    assert said.decode().splitlines()[0] == f"Error: {told}"
    assert len(said.splitlines()) == 2


def test_a_signal_of_the_terminal_ends_with_130_and_no_traceback(tmp_path: Path) -> None:
    before = "import datacats.cli.list as l, time\n"
    before += "l.command.callback = lambda *a, **k: (print('ready', flush=True), time.sleep(60))"
    with started(tmp_path, "list", before=before, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.strip() == b"Interrupted. Run the same command again to carry on."


INTERRUPTED_IMPORT = """\
import os, signal, sys
class Finder:
    def find_spec(name, path, target=None):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder)
sys.argv = ["datacats", "--help"]
from datacats.__main__ import main
main()
"""


@pytest.mark.parametrize("module", ["datacats.cli.main", "click", "datacats.cli.session"])
def test_an_interrupt_while_datacats_is_still_being_loaded_ends_quietly(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_IMPORT.format(module=module)], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, b"")


def test_a_current_directory_that_is_gone_is_told(tmp_path: Path) -> None:
    before = f"import os\nos.mkdir('{tmp_path}/gone')\nos.chdir('{tmp_path}/gone')\nos.rmdir('{tmp_path}/gone')"
    with started(tmp_path, "list", before=before, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _, said = process.communicate()
    assert process.returncode == 2
    assert said.splitlines()[0] == b"Error: The current directory is gone."


def test_closed_standard_streams_are_no_bug(tmp_path: Path) -> None:
    before = "sys.stdin = None"
    with started(
        tmp_path, "purge", "nowhere", before=before, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        _, said = process.communicate()
    assert process.returncode == 4
    assert b"Traceback" not in said


def test_without_an_engine_the_real_command_says_how_to_start_one(tmp_path: Path) -> None:
    with started(tmp_path, "list", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _, said = process.communicate()
    assert process.returncode == 8
    assert b"No Docker Engine runs here" in said


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run([sys.executable, "-m", "datacats", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"datacats {VERSION}\n"


def hinted() -> set[tuple[str, str]]:
    """Each ``datacats WORD`` in a text of the source, with its file."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for word in re.findall(r"[:(`\"] ?datacats ([a-z][a-z-]*)(?![a-z/])", path.read_text(encoding="utf-8")):
            found.add((path.name, word))
    return found


def test_every_command_that_an_error_names_exists() -> None:
    prose = {"adds", "cannot", "derives", "has", "makes", "needs", "or", "sets"}
    to_come = {"shell"}
    assert {each for each in hinted() if each[1] not in {*COMMANDS, *prose, *to_come}} == set()
