"""How a command that is told to end does so: in order, whoever tells it."""

from __future__ import annotations

import signal
from types import FrameType

from datacats.errors import HungUp, Interrupted, Terminated

_HINT = "Run the same command again to carry on."
_ERRORS = {signal.SIGTERM: Terminated, signal.SIGHUP: HungUp}


class _Told(KeyboardInterrupt):
    """A signal that ends a command as Ctrl-C does: what it had made for itself alone is removed."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__()
        self.number = number


def end_in_order() -> None:
    """Let SIGTERM and SIGHUP be an interrupt, unless this process was started to ignore them."""
    for number in _ERRORS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def interrupted(cause: BaseException) -> Interrupted:
    """Return the error that tells what has ended a command; click has its own word for an interrupt, and keeps ours."""
    for told in (cause, cause.__cause__):
        if isinstance(told, _Told):
            return _ERRORS[told.number](f"Ended by {told.number.name}.", _HINT)
    return Interrupted("Interrupted.", _HINT)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGHUP:  # of a terminal that vanishes, both its kernel and its shell tell us
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    raise _Told(signal.Signals(number))
