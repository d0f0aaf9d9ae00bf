"""Runs commands at their times, as the container's first process.

Each argument is one entry as JSON: ``run`` (for a shell), ``minutes``, ``hours``, ``days``, ``months``, ``weekdays``
(lists of numbers, Sunday is 0), and ``either`` (whether a day or a weekday is enough).
"""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from typing import Any

MINUTE = 60
TOLD_TO_STOP = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
AWAITED = {signal.SIGCHLD, *TOLD_TO_STOP}

Entry = dict[str, Any]


class Cron:
    """What runs when, and what runs now."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries = entries
        self.running: dict[int, str] = {}

    def serve(self) -> int:
        """Start what is due at each full minute until told to stop."""
        due = next_minute(time.time())
        while True:
            found = signal.sigtimedwait(AWAITED, max(0.0, due - time.time()))
            if found is not None and found.si_signo in TOLD_TO_STOP:
                return self.stop(found.si_signo)
            self.collect()
            if time.time() >= due:
                for entry in self.entries:
                    if is_due(entry, time.localtime(due)):
                        self.start(entry["run"])
                due = next_minute(time.time())

    def start(self, command: str) -> None:
        """Start a command, unless it still runs since its last time."""
        if command in self.running.values():
            say(f"still runs, left out this time: {command}")
            return
        words = ["sh", "-c", command]
        self.running[os.posix_spawnp("sh", words, os.environ, setsigmask=(), setsid=True)] = command
        say(f"starts: {command}")

    def collect(self) -> None:
        """Collect all that has ended."""
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                command = self.running.pop(ended[0], None)
                if command is not None:
                    say(f"ended with status {os.waitstatus_to_exitcode(ended[1])}: {command}")

    def stop(self, number: int) -> int:
        """Pass a signal on to what runs, and wait for it."""
        for pid in self.running:
            with suppress(ProcessLookupError):
                os.killpg(pid, number)
        while self.running:
            signal.sigtimedwait({signal.SIGCHLD}, 1)
            self.collect()
        return 0


def is_due(entry: Entry, now: time.struct_time) -> bool:
    """Whether an entry is due in that minute."""
    day = now.tm_mday in entry["days"]
    weekday = (now.tm_wday + 1) % 7 in entry["weekdays"]
    on_day = (day or weekday) if entry["either"] else (day and weekday)
    return bool(
        on_day and now.tm_min in entry["minutes"] and now.tm_hour in entry["hours"] and now.tm_mon in entry["months"]
    )


def next_minute(now: float) -> float:
    """Return when the next minute begins."""
    return (now // MINUTE + 1) * MINUTE


def say(text: str) -> None:
    """Tell who reads the container's log."""
    sys.stderr.write(f"datacats: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    sys.exit(Cron([json.loads(word) for word in sys.argv[1:]]).serve())
