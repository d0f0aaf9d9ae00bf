"""Steps: how far a long operation has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["steps", "bytes", "datasets", "records"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far a long operation has come: ``number`` of ``total`` in ``unit``; 0 where nobody knows.

    ``text`` says what it does now, or is a line of its output. Bytes, datasets and records go by evenly enough to
    tell from them how long the rest takes; the steps of a build do not.
    """

    text: str
    number: int = 0
    total: int = 0
    unit: Unit = "steps"
