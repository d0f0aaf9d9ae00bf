"""Spare containers: the same as new ones, only sooner, whatever is done to them."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from datacats.model import labels
from tests.contract.stage import wait_until
from tests.e2e.conftest import Running, make
from tests.e2e.installation import PROGRAM, Installation
from tests.e2e.warm_commands import COMMANDS

CHOSEN = os.environ.get("DATACATS_WARM", "")
"""``all`` compares every command; otherwise it is another tenth of them each day."""

TENTHS = 10
VARYING = (
    (re.compile(r"^Waiting for .*\n", re.MULTILINE), ""),  # a spare may be in the making
    (re.compile(r"(?m)^ *\d+\.\d\d s  wait until .*\n"), ""),  # ours: Solr is young
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.,]?\d*"), "TIME"),
    (re.compile(r"eyJ[\w.-]+"), "TOKEN"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"0x[0-9a-f]+"), "ADDRESS"),
    (re.compile(r"\d+\.\d+ ?s(econds)?\b"), "SECONDS"),
    (re.compile(r"names(warm|cold)"), "NAME"),
)


class Spared:
    """A site with spares, and what its spare is now."""

    def __init__(self, site: Running, engine: docker.APIClient) -> None:
        self.site = site
        self.engine = engine
        self.name = f"datacats_spare_{site.name}"

    def spare(self) -> str:
        """Wait until a spare is ready; return its id."""
        wait_until(self._ready, "a spare is ready", 120)
        found: str = self.engine.inspect_container(self.name)["Id"]
        return found

    def _ready(self) -> bool:
        try:
            state = self.engine.inspect_container(self.name)["State"]
            return bool(state["Running"]) and _reads_its_input(state["Pid"])
        except docker.errors.APIError:
            return False

    def command(self, *words: str) -> list[str]:
        return [*PROGRAM, "ckan", "-e", self.site.name, *words]

    def warm(self, *words: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a command in the spare; that it was the spare that ran it is checked."""
        identity = self.spare()
        done = self._run(*words, typed=typed)
        assert self.now() != identity
        return done

    def cold(self, *words: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return self._run("--cold", *words, typed=typed)

    def now(self) -> str:
        found = self.engine.containers(all=True, filters={"name": f"^/{self.name}$"})
        return found[0]["Id"] if found else ""

    def start(self, *words: str) -> tuple[subprocess.Popen[bytes], str]:
        """Start a command in the spare; return its process and the spare's id."""
        identity = self.spare()
        process = self.site.installation.start(*self.command(*words)[len(PROGRAM) :])
        wait_until(lambda: self._taken(identity), "the spare is taken")
        return process, identity

    def _taken(self, identity: str) -> bool:
        inspected = self.engine.inspect_container(identity)
        return inspected["Name"] != f"/{self.name}" and len(self.engine.top(identity)["Processes"]) > 1

    def _run(self, *words: str, typed: bytes) -> subprocess.CompletedProcess[bytes]:
        env = self.site.installation.env
        return subprocess.run(
            self.command(*words),
            input=typed,
            capture_output=True,
            env=env,
            cwd=self.site.installation.work,
            check=False,
        )

    def gone(self, identity: str) -> bool:
        return not self.engine.containers(all=True, filters={"id": identity})


def _reads_its_input(pid: int) -> bool:
    """Whether a process waits in a read of descriptor 0; where that may not be seen, it is taken to."""
    try:
        call = Path(f"/proc/{pid}/syscall").read_text().split()
    except PermissionError:
        return True
    return call[:2] == ["0", "0x0"]


def _signals(pid: int, which: str) -> set[int]:
    """Return the signals that a process handles (``SigCgt``), or that wait for it (``ShdPnd``)."""
    (mask,) = re.findall(rf"^{which}:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return {number for number in range(1, 65) if int(mask, 16) >> (number - 1) & 1}


@pytest.fixture(scope="module")
def spared(engine: docker.APIClient) -> Iterator[Spared]:
    installation = Installation(spares="1")
    try:
        site = make(installation, "spares")
        yield Spared(site, engine)
        installation.run("purge", site.name, "-y")
        assert not engine.containers(all=True, filters={"label": f"{labels.HOME}={installation.home}"})
        assert not engine.networks(filters={"label": f"{labels.HOME}={installation.home}"})
    finally:
        installation.remove()


def outcome(done: subprocess.CompletedProcess[bytes]) -> tuple[int, str, str]:
    """Status and outputs, without what differs between any two runs."""
    texts = [text.decode(errors="replace") for text in (done.stdout, done.stderr)]
    for pattern, word in VARYING:
        texts = [pattern.sub(word, text) for text in texts]
    return done.returncode, texts[0], texts[1]


def chosen() -> list[tuple[str, str]]:
    if CHOSEN == "all":
        return list(COMMANDS)
    day = dt.datetime.now(dt.timezone.utc).toordinal()
    return list(COMMANDS[day % TENTHS :: TENTHS])


@pytest.mark.parametrize(("words", "typed"), chosen())
def test_a_command_does_in_a_spare_what_it_does_in_a_new_container(spared: Spared, words: str, typed: str) -> None:
    text = f"{typed}\n".encode() if typed else b""
    cold = spared.cold(*shlex.split(words.format(name="namescold")), typed=text)
    warm = spared.warm(*shlex.split(words.format(name="nameswarm")), typed=text)
    assert outcome(warm) == outcome(cold)


def test_a_spare_holds_no_connection_while_it_waits(spared: Spared) -> None:
    networks = spared.engine.inspect_container(spared.spare())["NetworkSettings"]["Networks"]
    addresses = ", ".join(f"'{each['IPAddress']}'" for each in networks.values())
    sql = f"SELECT count(*) FROM pg_stat_activity WHERE client_addr IN ({addresses})"  # noqa: S608 - the engine's own
    command = [
        "exec",
        "-e",
        spared.site.name,
        "postgres",
        "psql",
        "-U",
        "postgres",
        "-h",
        "/run/postgresql",
        "-Atc",
        sql,
    ]
    assert spared.site.installation.text(*command).strip() == "0"


def test_binary_data_goes_through_unchanged(spared: Spared) -> None:
    script = b"import sys, os; sys.stdout.flush(); os.write(1, bytes(range(256)) * 4096); sys.exit(0)\n"
    done = spared.warm("shell", typed=script)
    assert bytes(range(256)) * 4096 in done.stdout


def test_a_command_that_kills_itself_is_137(spared: Spared) -> None:
    assert spared.warm("shell", typed=b"import os; os.kill(os.getpid(), 9)\n").returncode == 137


@pytest.mark.parametrize("end", ["kill", "remove_container"])
def test_a_container_that_goes_under_its_command_is_137(spared: Spared, end: str) -> None:
    process, identity = spared.start("jobs", "worker")
    spared.engine.kill(identity) if end == "kill" else spared.engine.remove_container(identity, force=True)
    assert process.wait(60) == 137
    process.communicate()
    wait_until(lambda: spared.gone(identity), "the container is gone")


def test_an_interrupt_reaches_the_command_which_ends_by_itself(spared: Spared) -> None:
    process, identity = spared.start("jobs", "worker")
    assert process.stderr is not None
    while b"Worker rq:" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode in {0, 1}, (out, err)  # the worker's own, or before it is one CKAN's: Aborted!
    wait_until(lambda: spared.gone(identity), "the container is gone")


def test_an_interrupt_while_the_spare_still_imports_ckan_ends_with_130_and_leaves_nothing(spared: Spared) -> None:
    spared.engine.remove_container(spared.spare(), force=True)
    spared.site.installation.run("spare", spared.site.name)
    identity = spared.now()
    pid = spared.engine.inspect_container(identity)["State"]["Pid"]
    wait_until(lambda: signal.SIGURG in _signals(pid, "SigCgt"), "its program has begun")
    spared.engine.kill(identity, "SIGSTOP")
    process = spared.site.installation.start(*spared.command("user", "list")[len(PROGRAM) :])
    wait_until(lambda: signal.SIGQUIT in _signals(process.pid, "SigCgt"), "signals are the command's")
    process.send_signal(signal.SIGINT)
    wait_until(lambda: signal.SIGINT in _signals(pid, "ShdPnd"), "the interrupt is passed on")
    spared.engine.kill(identity, "SIGCONT")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b""), err
    wait_until(lambda: spared.gone(identity), "the container is gone")


def test_a_terminal_has_its_size_and_its_keys(spared: Spared) -> None:
    spared.spare()
    pid, screen = pty.fork()
    if pid == 0:
        os.execve(PROGRAM[0], spared.command("shell"), spared.site.installation.env)  # noqa: S606 - no shell is wanted
    seen = _Screen(screen)
    seen.resize(40, 100)
    seen.type("import os, time; print(tuple(os.get_terminal_size()), os.environ['TERM'])")
    seen.until("(100, 40) xterm")
    seen.resize(50, 133)
    os.kill(pid, signal.SIGWINCH)
    seen.type("for _ in iter(lambda: os.get_terminal_size().lines, 50): time.sleep(0.05)")
    seen.type("")
    seen.type("print('size', 7 * 7)")
    seen.until("size 49")
    seen.type("print(len('" + "y" * 3000 + "') * 2)")
    seen.until("6000")
    seen.type("time.sleep(600)")
    os.write(screen, b"\x03")
    seen.until("KeyboardInterrupt")
    seen.type("import sys; sys.exit(5)")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5


class _Screen:
    """The other end of a terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._seen = ""

    def resize(self, height: int, width: int) -> None:
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def type(self, line: str) -> None:
        os.write(self._descriptor, f"{line}\r".encode())

    def until(self, text: str) -> None:
        """Read until a text has come."""
        deadline = time.monotonic() + 60
        while text not in self._seen:
            assert time.monotonic() < deadline, self._seen
            if select.select([self._descriptor], [], [], 1)[0]:
                self._seen += os.read(self._descriptor, 65536).decode(errors="replace")
        self._seen = self._seen.partition(text)[2]


def test_a_changed_source_file_is_seen_though_the_spare_is_older(spared: Spared) -> None:
    ini, base = spared.site.source / "ckan.ini", spared.site.source / "base.ini"
    before = ini.read_text()
    title = b"from ckan.common import config; print('title:', config['ckan.site_title'])\n"
    base.write_text("[app:main]\nuse = egg:ckan\nckan.site_title = One\n")
    ini.write_text(
        "\n".join(line for line in before.splitlines() if "site_title" not in line).replace(
            "use = egg:ckan", "use = config:base.ini"
        )
    )
    try:
        spared.site.installation.run("spare", spared.site.name)
        assert b"title: One" in spared.warm("shell", typed=title).stdout
        spared.spare()
        base.write_text(base.read_text().replace("One", "Two"))
        assert b"title: Two" in spared.warm("shell", typed=title).stdout
        spared.spare()  # which reads the files while it starts
    finally:
        ini.write_text(before)
        base.unlink()


def test_stop_removes_the_spare_and_start_makes_another(spared: Spared) -> None:
    identity = spared.spare()
    spared.site.installation.run("stop", spared.site.name)
    wait_until(lambda: spared.gone(identity), "the container is gone")
    spared.site.installation.run("start", spared.site.name)
    assert spared.spare() != identity
