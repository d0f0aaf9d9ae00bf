"""What the engine tells of containers that start, as it happens: waiting costs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPException

from datacats.engine.mapping import unreachable
from datacats.engine.wire import Answer, Wire


def starts(wire: Wire, name: str) -> Iterator[str]:
    """Yield the id of each container of that name that is started; see ``Containers.starts``."""
    filters = {"type": ["container"], "event": ["start"], "container": [name]}
    # The head of the answer is read at once: what happens from then on is told, however late the first is asked for.
    answer = wire.open("GET", "/events", {"filters": json.dumps(filters)}, patience=None)

    def read() -> Iterator[str]:
        with closing(answer):
            for line in _lines(answer):
                actor = json.loads(line)["Actor"]
                if actor["Attributes"]["name"] == name:  # the engine's filter takes the beginning of a name too
                    yield actor["ID"]
        raise unreachable(HTTPException("it tells no more events"), wire.endpoint)

    return read()


def _lines(answer: Answer) -> Iterator[bytes]:
    begun = b""
    for piece in answer.pieces():
        *whole, begun = (begun + piece).split(b"\n")
        yield from filter(bytes.strip, whole)
