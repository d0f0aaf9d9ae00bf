"""Events: what a workflow tells while it works. Rendering them is the caller's business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from datacats.model.plan import Operation
from datacats.model.step import Step


@dataclass(frozen=True, slots=True)
class Activity(Operation):
    """What takes its time and is no part of a plan, for it holds the caller's streams, or a plan follows from it."""

    what: str

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True, slots=True)
class Started:
    """An operation begins: ``number`` of ``total`` in its plan."""

    operation: Operation
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """A long operation has come a step further."""

    operation: Operation
    step: Step


@dataclass(frozen=True, slots=True)
class Finished:
    """An operation ended well after ``seconds``; ``note`` says what is worth knowing about how."""

    operation: Operation
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Something a user should know, beside the result."""

    text: str


Event = Started | Progressed | Finished | Said
Events = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """Take an event and do nothing: for callers that only want the result."""
