"""What an output can show: colours, lines that are drawn over, letters beyond ASCII."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Look:
    """``live`` says that lines may be drawn over, ``unicode`` that more than ASCII can be shown."""

    live: bool
    colour: bool
    unicode: bool


def look_of(stream: TextIO | None, env: Mapping[str, str], *, plain: bool = False, colour: bool = True) -> Look:
    """Return what a stream can show.

    A pipe or file shows plain lines, and so does a terminal with ``plain``, with ``DATACATS_PLAIN`` set, or one that
    calls itself dumb. ``NO_COLOR`` set to anything means no colours (https://no-color.org).
    """
    terminal = stream is not None and stream.isatty() and env.get("TERM") != "dumb"
    plain = plain or bool(env.get("DATACATS_PLAIN"))
    live = terminal and not plain
    encoding = (getattr(stream, "encoding", "") or "").lower().replace("-", "")
    return Look(live, live and colour and not env.get("NO_COLOR"), encoding == "utf8")
