"""Outputs that are closed, narrow in letters, or vanish: each run ends cleanly, and its work is done."""

from __future__ import annotations

import errno
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from datacats.engine.fake_world import Outcome
from datacats.services import web
from tests.support.desk import HOME, Desk

MAIN = "from datacats.__main__ import main; main()"
SHOWING = """\
import sys
import datacats.cli.list as l
from datacats.__main__ import main
l.command.callback = lambda *a, **k: print(sys.argv.pop())
sys.argv[1:1] = ["list"]
word = sys.argv[-1]
l.command.callback = lambda *a, **k: print(word)
del sys.argv[-1]
main()
"""


def ran(
    tmp_path: Path, script: str, *words: str | bytes, env: Mapping[str, str] | None = None, shell: str = ""
) -> subprocess.CompletedProcess[bytes]:
    variables = {**os.environ, "DATACATS_HOME": str(tmp_path), "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    command: list[str | bytes] = [sys.executable, "-c", script, *words]
    if shell:
        command = ["sh", "-c", f'exec "$@" {shell}', "sh", *command]
    return subprocess.run(command, env={**variables, **(env or {})}, cwd=tmp_path, capture_output=True, check=False)


def test_a_name_that_is_no_text_comes_out_as_the_bytes_that_it_is(tmp_path: Path) -> None:
    done = ran(tmp_path, SHOWING, b"caf\xe9")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"caf\xe9\n", b"")


def test_a_letter_that_the_output_has_not_is_escaped(tmp_path: Path) -> None:
    done = ran(tmp_path, SHOWING, "café", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})
    assert (done.returncode, done.stdout, done.stderr) == (0, b"caf\\xe9\n", b"")


@pytest.mark.parametrize(("shell", "status"), [("2>&-", 4), (">&-", 4), (">&- 2>&-", 4)])
def test_a_closed_output_changes_nothing_of_how_it_ends(tmp_path: Path, shell: str, status: int) -> None:
    done = ran(tmp_path, MAIN, "purge", "nowhere", "--json", shell=shell)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(("shell", "status"), [(">/dev/full", 17), (">&-", 0)])
def test_the_version_too_ends_as_every_command_does(tmp_path: Path, shell: str, status: int) -> None:
    done = ran(tmp_path, MAIN, "--version", shell=shell)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr


def test_a_reader_of_the_version_may_be_gone(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", MAIN, "-V"], stdout=write, stderr=subprocess.PIPE, cwd=tmp_path, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_that_vanishes_ends_a_command_that_cannot_tell_its_result_any_more(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    env = {**os.environ, "DATACATS_HOME": str(tmp_path), "TERM": "xterm"}
    script = f"import signal, sys\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\nsys.stdin.readline()\n{SHOWING}"
    with subprocess.Popen(
        [sys.executable, "-c", script, "word"],
        env=env,
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        os.close(ours)
        process.communicate(b"\n", timeout=60)
    assert process.returncode == 17


def test_a_hang_up_before_there_is_anything_to_tidy_ends_a_command_like_any_other_program(tmp_path: Path) -> None:
    script = "import datacats.cli.list as l, time\nfrom datacats.__main__ import main\nimport sys\n"
    script += "l.command.callback = lambda *a, **k: (print('ready', flush=True), time.sleep(60))\nmain()"
    with subprocess.Popen(
        [sys.executable, "-c", script, "list"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        _, said = process.communicate()
    assert (process.returncode, said) == (-signal.SIGHUP, b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_end_tidies_up_and_says_what_has_ended_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    script = f"""
import time, datacats.cli.list as l, datacats.cli.main as m

def work(*_, **__):
    m._open_workspace()
    try:
        print("ready", flush=True)
        time.sleep(60)
    finally:
        print("tidied", flush=True)

l.command.callback = work
{MAIN}"""
    env = {**os.environ, "DATACATS_HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script, "list"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        out, said = process.communicate()
    assert (process.returncode, out) == (128 + number, b"tidied\n")
    assert said.decode().lstrip() == f"Ended by {number.name}. Run the same command again to carry on.\n"


def test_what_tidies_up_is_not_ended_by_a_second_hang_up(tmp_path: Path) -> None:
    script = f"""
import os, signal, datacats.cli.list as l, datacats.cli.main as m

def work(*_, **__):
    m._open_workspace()
    try:
        os.kill(os.getpid(), signal.SIGHUP)
    finally:
        os.kill(os.getpid(), signal.SIGHUP)
        print("tidied", flush=True)

l.command.callback = work
{MAIN}"""
    done = ran(tmp_path, script, "list")
    assert (done.returncode, done.stdout) == (129, b"tidied\n")


def test_an_exception_that_nobody_foresaw_is_told_as_our_fault(tmp_path: Path) -> None:
    script = f"import datacats.cli.list as l\nl.command.callback = lambda *a, **k: 1 / 0\n{MAIN}"
    done = ran(tmp_path, script, "list")
    assert done.returncode == 1
    assert b"ZeroDivisionError" in done.stderr
    assert done.stderr.splitlines()[-1].startswith(b"This is a defect of datacats, not of what you did.")


def test_the_traceback_of_an_error_is_shown_to_who_asks_for_it(desk: Desk) -> None:
    assert "Traceback" not in desk("stop", "nowhere").err
    for words in (("stop", "nowhere", "--debug"), ("--debug", "stop", "nowhere")):
        said = desk(*words).err
        assert said.startswith("Traceback")
        assert said.splitlines()[-2].startswith("Error: There is no environment 'nowhere'")


PRINTED = "".join(f"line {number}\n" for number in range(5000))


def reindexing_prints(desk: Desk, printed: bytes) -> None:
    before = desk.engine.world.program
    desk.engine.world.program = lambda call: Outcome(1, printed) if call.command == web.REINDEX else before(call)


def test_of_a_long_failure_the_end_is_shown_and_all_of_it_is_kept(catstown: Desk) -> None:
    reindexing_prints(catstown, PRINTED.encode())
    ran = catstown("db", "load", "-", "-e", "catstown", stdin=b"PGDMP")
    log = HOME / "_logs" / "db-load.log"
    lines = ran.err.splitlines()
    assert ran.status == 16
    assert sum(line.startswith("  | ") for line in lines) == 20
    assert f"The whole of it: {log}" in lines
    assert catstown.disk.read(log).decode() == PRINTED
    entry = catstown.disk.entry(log)
    assert entry is not None
    assert entry.mode == 0o600
    assert catstown("db", "load", "-", "-e", "catstown", "--json", stdin=b"PGDMP").error["log"] == str(log)


def test_where_the_whole_cannot_be_kept_the_end_is_shown_all_the_same(catstown: Desk) -> None:
    reindexing_prints(catstown, PRINTED.encode())
    catstown.disk.refused[HOME / "_logs"] = errno.ENOSPC
    ran = catstown("db", "load", "-", "-e", "catstown", stdin=b"PGDMP")
    assert ran.status == 16
    assert "The whole of it" not in ran.err


def test_a_line_of_megabytes_is_cut(catstown: Desk) -> None:
    reindexing_prints(catstown, b"x" * 1_000_000)
    ran = catstown("db", "load", "-", "-e", "catstown", stdin=b"PGDMP")
    assert max(map(len, ran.err.splitlines())) < 3000
