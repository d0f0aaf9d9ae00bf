"""The name that somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the name that is most like a word, or None where none is like it."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    return next(iter(difflib.get_close_matches(word, list(known), n=1)), None)


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return what a hint says: the nearest name where there is one, and what else there is to say."""
    near = nearest(word, known)
    return " ".join(filter(None, [f"Did you mean {near!r}?" if near else "", otherwise]))
