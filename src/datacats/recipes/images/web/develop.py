"""The development server as the container's first process.

A mistake in an extension ends ``ckan run``. The container stays: it waits until a file changes, and tries again.
"""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

COMMAND = ("datacats-serve", "run", "-H", "0.0.0.0", "-p", "5000")  # noqa: S104 - the network of the container
PROJECT = os.environ.get("DATACATS_PROJECT", "/project")
NOT_SOURCE = {"__pycache__", "node_modules"}
INTERVAL = 0.5

Stamps = dict[str, tuple[int, int]]


class Supervisor:
    """Runs the server, passes signals on to it, and collects every process that ends."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.command = command
        self.group = 0
        self.stopped_by = 0

    def stop(self, number: int, _frame: object) -> None:
        """Pass a signal on to the server and what it started."""
        self.stopped_by = number
        self.signal_group(number)

    def signal_group(self, number: int) -> None:
        """Send a signal to the server and what it started, if there is any of it."""
        if self.group:
            with suppress(ProcessLookupError):
                os.killpg(self.group, number)

    def serve(self) -> int:
        """Run the server until it is told to stop, or ends well; return its exit status."""
        while True:
            status = self.run()
            if self.stopped_by or status == 0:
                return status
            before = stamps()
            say(f"the server ended with status {status}; waiting for a change below {PROJECT} or in the ini.")
            if not self.wait_for_change(before):
                return 128 + self.stopped_by
            say("something changed; starting the server again.")

    def run(self) -> int:
        """Run the server once; return its exit status, as a shell would."""
        server = subprocess.Popen(self.command, start_new_session=True)
        self.group = server.pid
        if self.stopped_by:
            self.signal_group(self.stopped_by)
        status = wait_for(server.pid)
        self.signal_group(signal.SIGKILL)  # what the server leaves behind would keep its port
        self.group = 0
        server.returncode = status
        return status

    def wait_for_change(self, before: Stamps) -> bool:
        """Wait until a file is another than before; false when told to stop."""
        while not self.stopped_by:
            time.sleep(INTERVAL)
            if stamps() != before:
                return True
        return False


def wait_for(pid: int) -> int:
    """Collect processes until that one has ended; return its exit status."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def stamps() -> Stamps:
    """Return when each file was changed, and its size."""
    found: Stamps = {}
    for path in watched():
        with suppress(OSError):
            seen = os.stat(path)  # noqa: PTH116 - twice a second, many files
            found[path] = (seen.st_mtime_ns, seen.st_size)
    return found


def watched() -> Iterator[str]:
    """Name the files that may mend the server: the source's and the ini."""
    yield os.environ.get("CKAN_INI", "")
    for directory, below, names in os.walk(PROJECT):
        below[:] = [name for name in below if not name.startswith(".") and name not in NOT_SOURCE]
        yield from (f"{directory}/{name}" for name in names)


def say(text: str) -> None:
    """Tell who reads the container's log."""
    sys.stderr.write(f"datacats: {text}\n")
    sys.stderr.flush()


def main() -> int:
    """Serve until told to stop. Words on the command line go to ``ckan run``."""
    supervisor = Supervisor((*COMMAND, *sys.argv[1:]))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, supervisor.stop)
    return supervisor.serve()


if __name__ == "__main__":
    sys.exit(main())
