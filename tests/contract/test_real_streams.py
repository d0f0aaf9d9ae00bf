"""What only the real engine can show about input, output, signals and terminals."""

from __future__ import annotations

import io
import os
import pty
import signal
import struct
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from fcntl import ioctl
from pathlib import Path
from typing import BinaryIO

import pytest

from datacats.errors import EngineError, NoSuchContainer
from datacats.model.ports import LogQuery, Streams
from datacats.model.service import ContainerSpec
from tests.contract.stage import Output, RealStage, shell, wait_until

pytestmark = pytest.mark.engine

MEGABYTE = bytes(range(256)) * 4096


@pytest.fixture
def box(real: RealStage) -> str:
    """A container that runs."""
    spec = real.spec()
    real.engine.containers.create(spec)
    real.engine.containers.start(spec.name)
    return spec.name


@contextmanager
def meanwhile(action: Callable[[], None]) -> Iterator[None]:
    """Do something in another thread while the body waits."""
    thread = threading.Thread(target=action)
    thread.start()
    try:
        yield
    finally:
        thread.join(30)
        assert not thread.is_alive()


def send_when_it_says(output: Output, word: bytes, *numbers: signal.Signals) -> Callable[[], None]:
    """Send this process signals when a command has said a word."""

    def send() -> None:
        wait_until(lambda: word in output.stdout, f"{word!r} is said")
        for number in numbers:
            os.kill(os.getpid(), number)

    return send


class Broken(io.BytesIO):
    """An output whose reader has gone."""

    def write(self, _data: object, /) -> int:
        raise BrokenPipeError


def test_the_first_bytes_of_a_command_are_never_lost(real: RealStage, box: str) -> None:
    outputs = [real.engine.containers.execute(box, shell("echo first")).stdout for _ in range(30)]

    assert outputs == [b"first\n"] * 30


def test_the_output_of_the_shortest_one_off_is_never_lost(real: RealStage) -> None:
    for _ in range(5):
        output = Output()
        assert real.engine.containers.run(real.spec("echo first"), output.streams) == 0
        assert output.stdout == b"first\n"


def test_a_command_that_ends_does_not_wait_for_the_end_of_its_input(real: RealStage, box: str) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as stdin, os.fdopen(writer, "wb"):
        output = Output()
        streams = Streams(stdin, output.streams.stdout, output.streams.stderr)
        assert real.engine.containers.session(box, shell("exit 4"), streams) == 4
        assert real.engine.containers.run(real.spec("exit 5"), streams) == 5


def test_a_command_that_reads_only_the_beginning_of_its_input_ends_well(real: RealStage, box: str) -> None:
    done = real.engine.containers.execute(box, shell("head -c 3"), b"abc" + MEGABYTE)

    assert (done.exit_code, done.stdout) == (0, b"abc")


def test_input_comes_from_a_file_as_well_as_from_a_pipe(real: RealStage, box: str, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(MEGABYTE)
    with (tmp_path / "input").open("rb") as stdin:
        output = Output()
        real.engine.containers.session(box, shell("cat"), Streams(stdin, output.streams.stdout, output.streams.stderr))

    assert output.stdout == MEGABYTE


def test_both_outputs_are_whole_when_much_is_written_to_both(real: RealStage) -> None:
    output = Output()
    script = "dd if=/dev/zero bs=1000000 count=3 2>/dev/null & dd if=/dev/zero bs=1000000 count=2 >&2 2>/dev/null; wait"

    assert real.engine.containers.run(real.spec(script), output.streams) == 0

    assert (len(output.stdout), len(output.stderr)) == (3_000_000, 2_000_000)


@pytest.mark.parametrize("command", ["nosuch", "/etc"])
@pytest.mark.parametrize("where", ["a terminal", "pipes"])
def test_a_command_that_cannot_be_executed_is_told_in_our_words_with_the_status_of_a_shell(
    real: RealStage, terminal: Terminal, command: str, where: str
) -> None:
    output = Output()
    at_terminal = Streams(terminal.file, terminal.file, terminal.file, terminal=True)
    spec = ContainerSpec(real.name(), real.spec().image, (command,), "1000:1000")

    with pytest.raises(EngineError, match=command) as raised:
        real.engine.containers.run(spec, at_terminal if where == "a terminal" else output.streams)

    assert raised.value.exit_code == (127 if command == "nosuch" else 126)
    assert (output.stdout, output.stderr, terminal.said) == (b"", b"", b"")
    assert real.engine.containers.list(name=spec.name) == ()


def test_a_consumer_that_goes_away_ends_a_one_off(real: RealStage) -> None:
    spec = real.spec("yes")

    with pytest.raises(BrokenPipeError):
        real.engine.containers.run(spec, Streams(None, Broken(), Broken()))

    assert real.engine.containers.list(name=spec.name) == ()


def test_a_consumer_that_fails_in_any_way_ends_a_one_off(real: RealStage) -> None:
    class Failing(io.BytesIO):
        def write(self, _data: object, /) -> int:
            raise KeyboardInterrupt

    spec = real.spec("yes")

    with pytest.raises(KeyboardInterrupt):
        real.engine.containers.run(spec, Streams(None, Failing(), Failing()))

    assert real.engine.containers.list(name=spec.name) == ()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_goes_to_the_main_process_of_a_one_off(real: RealStage, number: signal.Signals) -> None:
    output = Output()
    before = signal.getsignal(number)
    trap = f"trap 'echo told; exit 9' {number.name.removeprefix('SIG')}; echo ready; while true; do sleep 0.02; done"

    with meanwhile(send_when_it_says(output, b"ready", number)):
        status = real.engine.containers.run(real.spec(trap, stop_grace=30), output.streams)

    assert (status, output.stdout) == (9, b"ready\ntold\n")
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_program_that_does_not_handle_it(real: RealStage, number: signal.Signals) -> None:
    output = Output()
    spec = real.spec("echo ready; exec sleep 1000", stop_grace=5)

    with meanwhile(send_when_it_says(output, b"ready", number)):
        assert real.engine.containers.run(spec, output.streams) == 128 + number


def test_a_main_process_that_takes_no_notice_of_a_signal_is_killed_after_its_grace(real: RealStage) -> None:
    output = Output()
    spec = real.spec("trap '' TERM; echo ready; while true; do sleep 0.1; done", stop_grace=1)

    with meanwhile(send_when_it_says(output, b"ready", signal.SIGTERM)):
        assert real.engine.containers.run(spec, output.streams) == 137


def test_a_second_signal_kills_at_once(real: RealStage) -> None:
    output = Output()
    spec = real.spec("trap '' INT; echo ready; while true; do sleep 0.1; done", stop_grace=600)

    with meanwhile(send_when_it_says(output, b"ready", signal.SIGINT, signal.SIGQUIT)):
        assert real.engine.containers.run(spec, output.streams) == 137


def test_a_signal_ends_a_session_and_tells_which(real: RealStage, box: str) -> None:
    output = Output()

    with meanwhile(send_when_it_says(output, b"ready", signal.SIGTERM)):
        assert real.engine.containers.session(box, shell("echo ready; sleep 100"), output.streams) == 128 + 15


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("trap", ["", "exit 0"])
def test_a_signal_ends_an_interruptible_one_off_soon_and_is_ours(
    real: RealStage, number: signal.Signals, trap: str
) -> None:
    output = Output()
    name = number.name.removeprefix("SIG")
    spec = real.spec(f"trap '{trap}' {name}; echo ready; while true; do sleep 0.02; done", stop_grace=600)

    with meanwhile(send_when_it_says(output, b"ready", number)), pytest.raises(KeyboardInterrupt):
        real.engine.containers.run(spec, output.streams, interruptible=True)

    assert real.engine.containers.list(name=spec.name) == ()


def test_a_signal_ends_an_interruptible_session_and_is_ours(real: RealStage, box: str) -> None:
    output = Output()

    with meanwhile(send_when_it_says(output, b"ready", signal.SIGINT)), pytest.raises(KeyboardInterrupt):
        real.engine.containers.session(box, shell("echo ready; sleep 100"), output.streams, interruptible=True)


def test_signals_are_left_alone_outside_the_main_thread(real: RealStage) -> None:
    statuses: list[int] = []

    with meanwhile(lambda: statuses.append(real.engine.containers.run(real.spec("exit 6"), Output().streams))):
        pass

    assert statuses == [6]


def test_a_one_off_that_somebody_removes_ends_as_killed(real: RealStage) -> None:
    output, spec = Output(), real.spec("echo ready; sleep 100")

    def remove() -> None:
        wait_until(lambda: b"ready" in output.stdout, "the container runs")
        real.engine.containers.remove(spec.name)

    with meanwhile(remove):
        assert real.engine.containers.run(spec, output.streams) == 137


def test_a_session_whose_container_somebody_removes_says_so(real: RealStage, box: str) -> None:
    output = Output()

    def remove() -> None:
        wait_until(lambda: b"ready" in output.stdout, "the command runs")
        real.engine.containers.remove(box)

    with meanwhile(remove), pytest.raises(NoSuchContainer, match=f"{box} ended"):
        real.engine.containers.session(box, shell("echo ready; sleep 100"), output.streams)


def test_a_followed_log_tells_lines_as_they_come(real: RealStage) -> None:
    spec = real.spec("echo one; while ! test -e /tmp/go; do sleep 0.02; done; echo two", tmpfs={"/tmp": "mode=1777"})  # noqa: S108 - in the container
    real.engine.containers.create(spec)
    real.engine.containers.start(spec.name)
    lines = real.engine.containers.logs(spec.name, LogQuery(follow=True))

    assert next(lines).text == "one"
    real.engine.containers.execute(spec.name, shell("touch /tmp/go"))
    assert [line.text for line in lines] == ["two"]


def test_a_line_longer_than_the_engine_keeps_in_one_piece_is_one_line(real: RealStage) -> None:
    spec = real.spec("head -c 100000 /dev/zero; echo; echo end")
    real.engine.containers.create(spec)
    real.engine.containers.start(spec.name)

    lines = list(real.engine.containers.logs(spec.name, LogQuery(follow=True)))

    assert [len(line.text) for line in lines] == [100_000, 3]


class Terminal:
    """A terminal whose other end is in the test's hands."""

    def __init__(self) -> None:
        self._master, slave = pty.openpty()
        self.file: BinaryIO = os.fdopen(slave, "r+b", buffering=0)
        self.said = b""
        self.resize(24, 80)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def resize(self, lines: int, columns: int) -> None:
        ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type_when_it_says(self, word: bytes, keys: bytes) -> None:
        wait_until(lambda: word in self.said, f"{word!r} is said")
        os.write(self._master, keys)

    def close(self) -> None:
        self.file.close()
        self._reader.join(10)
        os.close(self._master)

    def _read(self) -> None:
        try:
            while piece := os.read(self._master, 65536):
                self.said += piece
        except OSError:
            return  # how Linux tells that the other end is closed


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with closing(Terminal()) as terminal:
        yield terminal


SIZED = 'until [ "$(stty size)" = "%s" ]; do sleep 0.02; done'


@pytest.mark.parametrize("where", ["one-off", "session"])
def test_a_terminal_is_handed_through_with_its_keys_and_sizes(
    real: RealStage, box: str, terminal: Terminal, where: str
) -> None:
    terminal.resize(40, 100)
    before = termios.tcgetattr(terminal.file)
    script = f"{SIZED % '40 100'}; echo sized; {SIZED % '50 120'}; echo again; read word; echo got-$word; exit 5"
    streams = Streams(terminal.file, terminal.file, terminal.file, terminal=True)

    def person() -> None:
        wait_until(lambda: b"sized" in terminal.said, "the first size is there")
        terminal.resize(50, 120)
        os.kill(os.getpid(), signal.SIGWINCH)
        terminal.type_when_it_says(b"again", b"hello\r")

    with meanwhile(person):
        if where == "one-off":
            status = real.engine.containers.run(real.spec(script), streams)
        else:
            status = real.engine.containers.session(box, shell(script), streams)

    assert status == 5
    wait_until(lambda: b"got-hello\r\n" in terminal.said, "the last words arrive")
    assert termios.tcgetattr(terminal.file) == before


def test_interrupt_typed_at_a_terminal_reaches_the_command_and_not_this_process(
    real: RealStage, terminal: Terminal
) -> None:
    streams = Streams(terminal.file, terminal.file, terminal.file, terminal=True)

    with meanwhile(lambda: terminal.type_when_it_says(b"ready", b"\x03")):
        status = real.engine.containers.run(real.spec("trap 'exit 8' INT; echo ready; sleep 100"), streams)

    assert status == 8


def test_interrupt_typed_at_a_terminal_ends_a_program_that_does_not_handle_it(
    real: RealStage, terminal: Terminal
) -> None:
    streams = Streams(terminal.file, terminal.file, terminal.file, terminal=True)

    with meanwhile(lambda: terminal.type_when_it_says(b"ready", b"\x03")):
        assert real.engine.containers.run(real.spec("echo ready; exec sleep 1000"), streams) == 130
