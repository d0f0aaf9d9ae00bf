"""Save a site's uploaded files to an archive, or bring some in from one."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from datacats.errors import CommandFailed
from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.names import PRIMARY
from datacats.model.plan import Plan, RunOneOff
from datacats.model.ports import Streams
from datacats.model.service import ContainerSpec
from datacats.services import web
from datacats.workflows import sites, up
from datacats.workflows.carried import carried
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace

_LEFT_OUT = ("./webassets", "./i18n", "./.importing")
_EXPORT = ("tar", "-C", web.STORAGE, *(f"--exclude={each}" for each in _LEFT_OUT), "-cf", "-", ".")


def export(
    reference: str | None,
    target: BinaryIO,
    errors: BinaryIO,
    workspace: Workspace,
    events: Events = ignore,
    *,
    site: str = PRIMARY,
) -> None:
    """Write a tar archive of the site's uploaded files to ``target``. Raises CommandFailed."""
    ready = _ready(reference, workspace, site, events)
    with carried("write the uploaded files", events) as moved:
        status = _run(ready, _EXPORT, Streams(None, target, errors, moved=moved), workspace)
        if status != 0:
            why = f"tar ended with status {status}; the archive is not whole."
            raise CommandFailed(why, "The lines above say why.")


def import_(
    reference: str | None,
    source: BinaryIO,
    errors: BinaryIO,
    workspace: Workspace,
    events: Events = ignore,
    *,
    site: str = PRIMARY,
) -> None:
    """Add the files of a tar archive, compressed or not, to the site's, all of them or none.

    Those of the same path are replaced. An archive without its end mark, with links, or with names that lead elsewhere
    is refused.

    It is unpacked inside a container that sees nothing but the site's storage. Raises CommandFailed.
    """
    ready = _ready(reference, workspace, site, events)
    with carried("take the files in", events, source) as moved:
        status = _run(ready, web.TAKE_IN, Streams(source, errors, errors, moved=moved), workspace)
        if status != 0:
            why = f"The import ended with status {status}; no file was changed."
            raise CommandFailed(why, "The lines above say why.")


def plan_import(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Plan:
    """Return what ``import_`` would do, and do nothing."""
    environment = workspace.find(reference)
    context = workspace.context(environment, complete(workspace, environment, site))
    taken = RunOneOff(_beside_files(context, web.TAKE_IN), what="unpack the archive among its files", cause="asked for")
    return up.plan_up(workspace, context, up.Up(only=(), one_offs=True)) + Plan.of([taken])


def _ready(reference: str | None, workspace: Workspace, site: str, events: Events) -> SiteContext:
    with sites.hold(workspace, reference, site, events) as context:
        up.bring_up(workspace, context, up.Up(only=(), one_offs=True), events)
    return context


def _run(context: SiteContext, command: tuple[str, ...], streams: Streams, workspace: Workspace) -> int:
    spec = _beside_files(context, command)
    return workspace.ports.engine.containers.run(spec.labelled(), streams, interruptible=True)


def _beside_files(context: SiteContext, command: tuple[str, ...]) -> ContainerSpec:
    return replace(web.one_off(context, command, purpose="files"), working_dir=web.STORAGE)
