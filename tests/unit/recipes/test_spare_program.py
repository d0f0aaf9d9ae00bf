"""The spare's first process: one line says what to run, the rest is the command's own, and the status comes last."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.recipes.image_file import IMAGES, load

NONCE = "0123456789abcdef" * 2
PATIENCE = 30
DRIVER = """\
import os, signal, sys
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGURG):
    signal.signal(number, signal.SIG_DFL)  # whoever runs these tests may ignore them, and a shell cannot trap such
sys.path.insert(0, sys.argv[1])
import spare_ckan
spare_ckan.CKAN = sys.argv[2]
import spare

class Ready:
    stale = sys.argv[3] == "stale"
    def enter(self, argv):
        pass

spare = spare.Spare()
os.write(2, b"waits\\n")
while sys.argv[4] == "makes ready":
    pass
if sys.argv[4] == "signalled":
    fork = os.fork
    def signalled():
        child = fork()
        if child:
            os.kill(os.getpid(), signal.SIGTERM)
        return child
    os.fork = signalled
os._exit(spare.serve(Ready()))
"""

Process = subprocess.Popen[bytes]


class Spare:
    """A spare whose ``ckan`` is a script."""

    def __init__(self, home: Path) -> None:
        self.script = home / "ckan"
        self.processes: list[Process] = []

    def start(self, script: str, *, stale: bool = True, how: str = "waits") -> Process:
        self.script.write_text(script)
        self.script.chmod(0o755)
        words = [
            sys.executable,
            "-c",
            DRIVER,
            str(IMAGES / "web"),
            str(self.script),
            "stale" if stale else "fresh",
            how,
        ]
        pipe = subprocess.PIPE
        process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe)
        self.processes.append(process)
        assert process.stderr is not None
        assert process.stderr.readline() == b"waits\n"
        return process

    def run(self, script: str, *argv: str, typed: bytes = b"", **head: object) -> tuple[int, bytes, bytes]:
        """Run a script to its end; the last words must be there, and are cut off."""
        process = self.start(script, stale=head.pop("stale", True) is True)
        stdout, stderr = _talk(process, line(*argv, **head) + typed, stays="terminal" in head)
        last = f"{NONCE}{process.returncode:03d}".encode()
        assert stdout.endswith(last)
        assert stderr.endswith(last)
        return process.returncode, stdout.removesuffix(last), stderr.removesuffix(last)


def _talk(process: Process, said: bytes, *, stays: bool) -> tuple[bytes, bytes]:
    """Say something and hear all; at a terminal one stays to the end."""
    if not stays:
        return process.communicate(said, PATIENCE)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    typist = threading.Thread(target=lambda: process.stdin and (process.stdin.write(said), process.stdin.flush()))
    typist.start()
    heard = process.stdout.read(), process.stderr.read()
    typist.join(PATIENCE)
    process.wait(PATIENCE)
    return heard


def line(*argv: str, **head: object) -> bytes:
    told = {"argv": argv, "stdin": True, "terminal": None, "nonce": NONCE, **head}
    return json.dumps(told).encode() + b"\n"


def frame(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">cI", kind, len(content)) + content


@pytest.fixture
def spare(tmp_path: Path) -> Iterator[Spare]:
    made = Spare(tmp_path)
    yield made
    for process in made.processes:
        with process:  # closes the pipes: a command that outlived its spare must not keep us
            process.kill()


def test_words_input_outputs_and_status_are_the_commands_own(spare: Spare) -> None:
    script = '#!/bin/sh\necho "$# $1 $2"\ncat\necho aside >&2\nexit 3\n'
    assert spare.run(script, "a b", "c", typed=b"\0typed\xff") == (3, b"2 a b c\n\0typed\xff", b"aside\n")


def test_a_command_without_input_reads_none_though_the_line_stays_open(spare: Spare) -> None:
    process = spare.start("#!/bin/sh\nread word || exit 4\n")
    assert process.stdin is not None
    process.stdin.write(line(stdin=False))
    process.stdin.flush()
    assert process.wait(PATIENCE) == 4


def test_a_killed_command_has_the_status_that_a_shell_gives_it(spare: Spare) -> None:
    assert spare.run("#!/bin/sh\nkill -9 $$\n")[0] == 137


def test_a_spare_that_waits_ends_with_its_client(spare: Spare) -> None:
    process = spare.start("")
    assert process.communicate(timeout=PATIENCE) == (b"", b"")
    assert process.returncode == 0


SIGNALS = [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129), (signal.SIGURG, 130)]


@pytest.mark.parametrize(("number", "status"), SIGNALS)
@pytest.mark.parametrize("how", ["waits", "makes ready"])
def test_a_spare_without_a_command_ends_at_a_signal_as_a_shell_tells_it_also_while_it_makes_ckan_ready(
    spare: Spare, how: str, number: signal.Signals, status: int
) -> None:
    process = spare.start("", how=how)
    process.send_signal(number)
    assert process.wait(PATIENCE) == status


def test_a_signal_that_comes_just_as_the_command_begins_is_the_commands(spare: Spare) -> None:
    process = spare.start("#!/bin/sh\nexec sleep 600\n", how="signalled")
    stdout, _ = process.communicate(line(), PATIENCE)
    assert (stdout, process.returncode) == (f"{NONCE}143".encode(), 143)


def test_a_ctrl_c_that_was_typed_is_told_to_the_command_by_its_terminal_alone(spare: Spare) -> None:
    process = spare.start("#!/bin/sh\ntrap 'exit 9' URG\necho ready\nread word\nexit 3\n")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line())
    process.stdin.flush()
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGURG)
    process.stdin.write(b"miaow\n")
    process.stdin.flush()
    assert process.wait(PATIENCE) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_reach_the_command(spare: Spare, number: signal.Signals) -> None:
    name = number.name.removeprefix("SIG")
    process = spare.start(f"#!/bin/sh\ntrap 'exit 9' {name}\necho ready\nfor i in $(seq 999); do sleep 0.05; done\n")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line())
    process.stdin.flush()
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    assert process.wait(PATIENCE) == 9


def test_a_terminal_has_its_size_takes_keys_and_follows_the_window(spare: Spare) -> None:
    script = '#!/bin/sh\nstty -echo\nstty size\nread word\necho "$word $TERM"\nstty size\nexit 6\n'
    keys = frame(b"w", struct.pack(">HH", 50, 133)) + frame(b"d", b"mi") + frame(b"d", b"aow\r")
    status, stdout, _ = spare.run(script, typed=keys, terminal=[40, 100])
    assert status == 6
    said = stdout.replace(b"\r", b"").split(b"\n")
    assert b"miaow xterm" in said
    assert said[-2] == b"50 133"


def test_more_keys_than_a_terminal_holds_do_not_stop_its_output(spare: Spare) -> None:
    process = spare.start("#!/bin/sh\nstty raw -echo\necho ready\nhead -c 200000 /dev/zero\nhead -c 100000 | wc -c\n")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line(terminal=[24, 80]))
    process.stdin.flush()
    assert process.stdout.readline() == b"ready\n"
    stdout, _ = _talk(process, frame(b"d", b"k" * 100_000), stays=True)
    assert process.returncode == 0
    assert stdout.removesuffix(f"{NONCE}000".encode()).endswith(b"\x00100000\n")
    assert stdout.count(b"\0") == 200_000


@pytest.mark.parametrize(
    ("script", "status", "stderr"),
    [
        ("import sys; print(sys.argv[1:]); sys.exit(5)", 5, ""),
        ("import sys; sys.exit('words')", 1, "words\n"),
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit(300)", 44, ""),
        ("import os; os.kill(os.getpid(), 9)", 137, ""),
        ("raise KeyboardInterrupt", 130, None),
    ],
)
def test_a_fresh_spare_ends_as_the_interpreter_would(
    spare: Spare, script: str, status: int, stderr: str | None
) -> None:
    ended = spare.run(script, "word", stale=False)
    assert ended[0] == status
    assert stderr is None or ended[2].decode() == stderr


def test_what_is_to_run_at_the_end_runs_and_what_was_printed_is_out(spare: Spare) -> None:
    script = "import atexit, threading; atexit.register(print, 'last'); threading.Timer(0.1, print, ['late']).start()"
    assert spare.run(script, stale=False)[1] == b"late\nlast\n"


def test_a_traceback_shows_the_commands_frames_only(spare: Spare) -> None:
    status, _, stderr = spare.run("def fall():\n    1 / 0\nfall()\n", stale=False)
    assert status == 1
    assert stderr.startswith(b'Traceback (most recent call last):\n  File "' + str(spare.script).encode())
    assert b"spare" not in stderr.replace(str(spare.script).encode(), b"")
    assert stderr.endswith(b"ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize("change", ["write", "replace", "remove"])
def test_each_change_of_a_file_is_seen(tmp_path: Path, change: str) -> None:
    look = load("web/spare_ckan.py").look
    file, other = tmp_path / "plugin.py", tmp_path / "other.py"
    file.write_text("a = 1\n")
    other.write_text("a = 2\n")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    before = look((str(file),))
    assert look((str(file),)) == before
    if change == "write":
        file.write_text("a = 22\n")
    elif change == "replace":
        other.replace(file)
    else:
        file.unlink()
    assert look((str(file),)) != before


def test_a_file_that_appears_changes_its_directory(tmp_path: Path) -> None:
    look = load("web/spare_ckan.py").look
    os.utime(tmp_path, ns=(1, 1))
    before = look((str(tmp_path),))
    (tmp_path / "new.py").write_text("")
    assert look((str(tmp_path),)) != before


def test_the_images_own_files_and_the_kernels_are_no_source() -> None:
    points = set(load("web/spare_ckan.py").mount_points())
    assert "/" not in points
    assert not any(point.startswith(("/proc", "/sys", "/dev", "/etc")) for point in points)
