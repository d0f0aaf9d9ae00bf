"""Whether a command printed what its page shows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

WILD = "..."


def differences(expected: Sequence[str], actual: str) -> str:
    """Return nothing where the output is as shown, else both beside each other.

    ``...`` is any text within a line, and alone on a line any lines. Runs of blanks are as good as one, for columns are
    as wide as what stands in them; blank lines at the end do not count.
    """
    wanted, found = _tidy(expected), _tidy(actual.splitlines())
    if re.fullmatch("".join(map(_pattern, wanted)), "".join(f"{line}\n" for line in found)):
        return ""
    return "\n".join(difflib.unified_diff(wanted, found, "shown", "printed", n=99, lineterm=""))


def _tidy(lines: Sequence[str]) -> list[str]:
    tidied = [re.sub(r"\s+", " ", line.rstrip()) for line in lines]
    while tidied and not tidied[-1]:
        del tidied[-1]
    return tidied


def _pattern(line: str) -> str:
    if line.strip() == WILD:
        return r"(?:[^\n]*\n)*?"
    return r"[^\n]*?".join(map(re.escape, line.split(WILD))) + r"\n"
