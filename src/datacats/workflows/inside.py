"""Run a command inside a running service's own container."""

from __future__ import annotations

from collections.abc import Sequence

from datacats.model.names import PRIMARY
from datacats.model.ports import Streams
from datacats.workflows import ours
from datacats.workflows.logs import check_service
from datacats.workflows.workspace import Workspace


def execute(
    reference: str | None,
    service: str,
    command: Sequence[str],
    streams: Streams,
    workspace: Workspace,
    *,
    site: str = PRIMARY,
) -> int:
    """Run the command on the caller's streams and return its exit status.

    Raises NotFound for a site or service that is not there, NoSuchContainer when the service does not run.
    """
    environment = workspace.find(reference)
    workspace.context(environment, site)
    seen = ours.container(workspace, environment, site, check_service(service))
    return workspace.ports.engine.containers.session(seen.name, command, streams)
