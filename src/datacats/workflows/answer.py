"""What a one-off container answers to a question on its standard input."""

from __future__ import annotations

import io

from datacats.apply import last_lines
from datacats.errors import CommandFailed
from datacats.model.ports import Completed, Streams
from datacats.model.service import ContainerSpec
from datacats.workflows.workspace import Workspace

_WHY = "The last lines that it printed say why."


def answer(
    workspace: Workspace, spec: ContainerSpec, question: bytes | None, failure: str, *, hint: str = _WHY
) -> Completed:
    """Run a container to its end, and return what it printed.

    Raises CommandFailed where its status is not 0: ``failure`` says what could not be done, without a full stop, and
    the end of its standard error why.
    """
    output, said = io.BytesIO(), io.BytesIO()
    given = io.BytesIO(question) if question is not None else None
    streams = Streams(given, output, said)
    status = workspace.ports.engine.containers.run(spec.labelled(), streams, interruptible=True)
    if status != 0:
        raise CommandFailed(f"{failure} (status {status}).", hint, detail=last_lines(said.getvalue()))
    return Completed(status, output.getvalue(), said.getvalue())
