"""Cut an action off in its middle, as a power switch or ``kill -9`` would, at one step after another."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator

_STEPS = ("open", "os.", "fcntl.", "shutil.")
"""The audit events that count as a step: Python raises one before each call to the system of these kinds."""


def cuts(action: Callable[[], object]) -> Iterator[int]:
    """Run the action again and again, killed before its first step, its second ... until it comes to its end.

    Yields the number of the step after each kill, for the caller to look at what is left.
    """
    step = 1
    while _is_killed(action, step):
        yield step
        step += 1


def _is_killed(action: Callable[[], object], step: int) -> bool:
    child = os.fork()
    if child == 0:
        _run(action, step)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "the action failed without being cut"
    return False


def _run(action: Callable[[], object], step: int) -> None:
    left = step

    def count(event: str, _arguments: object) -> None:
        nonlocal left
        if event.startswith(_STEPS):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    status = 1
    try:
        sys.addaudithook(count)
        action()
        status = 0
    finally:
        os._exit(status)
