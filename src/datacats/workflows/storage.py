"""Save a site's uploaded files to an archive, or bring some in from one."""

from __future__ import annotations

from typing import BinaryIO

from datacats.errors import CommandFailed
from datacats.model.event import ignore
from datacats.model.names import PRIMARY
from datacats.model.ports import Streams
from datacats.services import web
from datacats.workflows import up
from datacats.workflows.start import complete
from datacats.workflows.workspace import Workspace

_EXPORT = ("tar", "-C", web.STORAGE, "--exclude=./webassets", "--exclude=./i18n", "-cf", "-", ".")
_IMPORT = f"""\
set -e
cd {web.STORAGE}
rm -rf .importing
mkdir .importing
tar -C .importing --no-same-owner -xf -
cp -a --link --remove-destination .importing/. .
rm -rf .importing
"""


def export(
    reference: str | None, target: BinaryIO, errors: BinaryIO, workspace: Workspace, *, site: str = PRIMARY
) -> None:
    """Write a tar archive of the site's uploaded files to ``target``. Raises CommandFailed."""
    _run(reference, _EXPORT, Streams(None, target, errors), workspace, site)


def import_(
    reference: str | None, source: BinaryIO, errors: BinaryIO, workspace: Workspace, *, site: str = PRIMARY
) -> None:
    """Add the files of a tar archive to the site's; those of the same path are replaced, once all are there.

    It is unpacked inside a container that sees nothing but the site's storage. Raises CommandFailed.
    """
    _run(reference, ("sh", "-c", _IMPORT), Streams(source, errors, errors), workspace, site)


def _run(reference: str | None, command: tuple[str, ...], streams: Streams, workspace: Workspace, site: str) -> None:
    environment = workspace.find(reference)
    context = workspace.context(environment, complete(workspace, environment, site))
    with workspace.lock(environment, site):
        up.bring_up(workspace, context, up.Up(only=()), ignore)
    spec = web.one_off(context, command, purpose="files")
    status = workspace.ports.engine.containers.run(spec.labelled(), streams)
    if status != 0:
        raise CommandFailed(f"tar ended with status {status}; no file was changed.", "The lines above say why.")
