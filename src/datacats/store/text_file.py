"""Files that people edit: a change keeps their line ends."""

from __future__ import annotations

from collections.abc import Callable

_DOS, _UNIX = "\r\n", "\n"


def edited(content: bytes, change: Callable[[str], str]) -> bytes:
    """Return the content with its text changed; what is changed sees plain line ends."""
    text = content.decode()
    if _DOS not in text:
        return change(text).encode()
    return change(text.replace(_DOS, _UNIX)).replace(_UNIX, _DOS).encode()
