"""How far an operation has come, in words, and how long the rest takes where that can be told."""

from __future__ import annotations

from datacats.model.step import Step

_SURE_AFTER = 2.0
_SURE_FROM = 0.05
"""Seconds, and part of the whole, before which a speed is chance."""

_MINUTE = 60
_SIZES = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def words(step: Step, seconds: float) -> str:
    """Tell how far an operation has come that began ``seconds`` ago."""
    if step.unit == "steps":
        return f"step {step.number} of {step.total}: {step.text}"
    done = _amount(step)
    share = f" ({step.number * 100 // step.total} %)" if step.total else ""
    rest = left(step, seconds)
    return ", ".join(each for each in (f"{done}{share}", step.text if step.unit == "bytes" else "", rest) if each)


def left(step: Step, seconds: float) -> str:
    """Tell how long the rest takes, rounded up; nothing where the beginning says nothing of it."""
    if step.unit == "steps" or not step.number < step.total:
        return ""
    if seconds < _SURE_AFTER or step.number < step.total * _SURE_FROM:
        return ""
    rest = seconds * (step.total - step.number) / step.number
    if rest > _MINUTE:
        return f"about {-int(-rest // _MINUTE)} min left"
    return f"about {max(5, -int(-rest // 5) * 5)} s left"


def size(count: int) -> str:
    """Tell a number of bytes."""
    for unit, name in _SIZES:
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} B"


def count(number: int, word: str) -> str:
    """Tell a number of things: ``1 job``, ``2 jobs``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _amount(step: Step) -> str:
    if step.unit == "bytes":
        return f"{size(step.number)} of {size(step.total)}" if step.total else size(step.number)
    return f"{step.number} of {step.total} {step.unit}"
