"""Progress for programs: each event one JSON line on standard output, in the envelope of every document."""

from __future__ import annotations

from typing import Any

from datacats.cli.render import document
from datacats.model.event import Event, Finished, Progressed, Said, Started


class EventLines:
    """Writes events; the last line of the command, its result or error, is written by whoever ends it."""

    def __init__(self, command: str) -> None:
        self._command = command

    def show(self, event: Event) -> None:
        """Write one event."""
        document(self._command, "event", record(event), compact=True)

    def end(self) -> None:
        """Nothing is left on the way."""


def record(event: Event) -> dict[str, Any]:
    """Return an event as programs read it."""
    if isinstance(event, Said):
        return {"kind": "said", "text": event.text}
    operation = event.operation
    about = {"operation": str(operation), "type": type(operation).__name__, "cause": operation.cause}
    if isinstance(event, Started):
        return {"kind": "started", **about, "number": event.number, "total": event.total}
    if isinstance(event, Progressed):
        step = event.step
        told = {"text": step.text, "done": step.number, "of": step.total, "unit": step.unit}
        return {"kind": "progressed", **about, **told}
    if isinstance(event, Finished):
        return {"kind": "finished", **about, "seconds": round(event.seconds, 3), "note": event.note}
    raise TypeError(event)
