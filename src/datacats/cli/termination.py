"""How a command that is told to end does so: in order, whoever tells it."""

from __future__ import annotations

import signal
from types import FrameType

from datacats.errors import Interrupted, Terminated

_HINT = "Run the same command again to carry on."


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which ends a command as Ctrl-C does: what it had made for itself alone is removed."""


def end_in_order() -> None:
    """Let SIGTERM be an interrupt, unless this process was started to ignore it."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)


def interrupted(cause: BaseException) -> Interrupted:
    """Return the error that tells what has ended a command; click has its own word for an interrupt, and keeps ours."""
    if isinstance(cause, _Terminated) or isinstance(cause.__cause__, _Terminated):
        return Terminated("Ended by SIGTERM.", _HINT)
    return Interrupted("Interrupted.", _HINT)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise _Terminated
