"""The outputs of the process: they take every name that a file system can give, and every letter."""

from __future__ import annotations

import codecs
import io
import os
import sys

_HANDLER = "datacats"
_FIRST_BYTE, _BYTES = 0xDC00, range(0xDC80, 0xDD00)
"""How Python holds a byte of a file's name that is no text."""


def be_tolerant() -> None:
    """Have both outputs take what their encoding has no letters for: bytes of names as they are, the rest escaped.

    One that is closed leads nowhere: else the next file that is opened would be it.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    codecs.register_error(_HANDLER, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _escaped(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    told = (_byte(each) if ord(each) in _BYTES else each.encode("ascii", "backslashreplace") for each in letters)
    return b"".join(told), error.end


def _byte(letter: str) -> bytes:
    return bytes([ord(letter) - _FIRST_BYTE])
