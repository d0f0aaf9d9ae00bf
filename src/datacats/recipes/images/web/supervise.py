"""A program that runs CKAN's code without end, as the container's first process.

It is started anew when the source changes; where it ends, it waits for the change that mends it.
"""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

PROJECT = os.environ.get("DATACATS_PROJECT", "/project")
INTERVAL = float(os.environ.get("DATACATS_INTERVAL", "1"))
READ_AT_START = (".py", ".ini", ".toml", ".cfg", ".json", ".yaml", ".yml")
NOT_SOURCE = {"__pycache__", "node_modules"}
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
TOLD_TO_STOP = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
AWAITED = {signal.SIGCHLD, *TOLD_TO_STOP}

Stamps = dict[str, tuple[int, int]]


class Supervisor:
    """Runs one program at a time, and collects every process that ends."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.child = 0
        self.told = False
        self.stopped_by = 0

    def supervise(self) -> int:
        """Run the program again and again until told to stop; return its last exit status."""
        pause = FIRST_PAUSE
        while True:
            seen, began = stamps(), time.monotonic()
            status = self.run(seen)
            if self.stopped_by:
                return status
            if stamps() == seen:
                pause = FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else pause
                say(f"it ended with status {status}; it starts again when something changes, or in {pause:.0f} s.")
                self.wait_for_change(seen, pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            if self.stopped_by:
                return 128 + self.stopped_by
            say("starting again.")

    def run(self, seen: Stamps) -> int:
        """Run the program until it ends, or is ended because the source changed; return its exit status.

        It is told to end once, however often the source changes: a worker takes a second word for "at once", and
        drops the job that it is to finish.
        """
        self.child = os.posix_spawnp(self.command[0], self.command, os.environ, setsigmask=(), setsid=True)
        self.told = False
        looked = Pace()
        while True:
            ended = self.wait(looked.pause)
            if ended is not None:
                return ended
            if not (self.told or self.stopped_by) and looked.at() != seen:
                say("something changed.")
                self.signal(signal.SIGTERM)
                self.told = True

    def wait_for_change(self, before: Stamps, pause: float) -> None:
        """Wait until a file is another than before, the pause is over, or a signal says to stop."""
        end = time.monotonic() + pause
        looked = Pace()
        while not self.stopped_by and time.monotonic() < end:
            self.wait(looked.pause)
            if looked.at() != before:
                return

    def wait(self, seconds: float) -> int | None:
        """Wait for a signal: pass on what tells to stop, collect what ended; return the program's status then."""
        found = signal.sigtimedwait(AWAITED, seconds)
        if found is not None and found.si_signo in TOLD_TO_STOP:
            if self.stopped_by or not self.told:
                self.signal(found.si_signo)
            self.stopped_by = found.si_signo
        return self.collect()

    def signal(self, number: int) -> None:
        """Send the program a signal, if it runs."""
        if self.child:
            with suppress(ProcessLookupError):
                os.kill(self.child, number)

    def collect(self) -> int | None:
        """Collect all that has ended; return the program's exit status, as a shell would, when it is among them."""
        status = None
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self.child:
                    code = os.waitstatus_to_exitcode(ended[1])
                    status = code if code >= 0 else 128 - code
                    with suppress(ProcessLookupError):
                        os.killpg(self.child, signal.SIGKILL)
                    self.child = 0
        return status


class Pace:
    """Looks at the source; where that takes long, more rarely: watching costs no more than a hundredth of a core."""

    def __init__(self) -> None:
        self.pause = INTERVAL
        self.seen: Stamps = {}

    def at(self) -> Stamps:
        """Look."""
        began = time.monotonic()
        self.seen = stamps()
        self.pause = max(INTERVAL, 100 * (time.monotonic() - began))
        return self.seen


def stamps() -> Stamps:
    """Return when each file that CKAN reads when it starts was changed, and its size."""
    found: Stamps = {}
    for path in watched():
        with suppress(OSError):
            seen = os.stat(path)  # noqa: PTH116 - often, many files
            found[path] = (seen.st_mtime_ns, seen.st_size)
    return found


def watched() -> Iterator[str]:
    """Name these files."""
    yield os.environ.get("CKAN_INI", "")
    for directory, below, names in os.walk(PROJECT):
        below[:] = [name for name in below if not name.startswith(".") and name not in NOT_SOURCE]
        yield from (f"{directory}/{name}" for name in names if name.endswith(READ_AT_START))


def say(text: str) -> None:
    """Tell who reads the container's log."""
    sys.stderr.write(f"datacats: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    sys.exit(Supervisor(sys.argv[1:]).supervise())
