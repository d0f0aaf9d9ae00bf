"""Bring a site's tables and tokens to what its enabled plugins want; a site that has them already is left alone."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping, Sequence

from datacats.apply import apply, last_lines
from datacats.errors import CommandFailed
from datacats.model.environment import SiteContext
from datacats.model.event import Events
from datacats.model.extension import Extension, Unbuilt
from datacats.model.plan import PlaceFile, Plan, RemoveTree, RunOneOff
from datacats.model.ports import Streams
from datacats.model.service import ContainerSpec
from datacats.services import catalogue, ini, web
from datacats.store import ckan_ini, documents, extensions, layer, site_file, source
from datacats.workflows import up
from datacats.workflows.workspace import Workspace

Found = Sequence[Extension | Unbuilt]
"""The packages in a source directory."""

PURPOSE = "upgrade"
"""What the one-off containers of this step are started for."""

_FILE = "settled.json"
_OTHERS = "other plugins are enabled"


def migrate(context: SiteContext, *, cause: str) -> Plan:
    """Plan the one process that brings a site's tables and permissions to what its image and its plugins want."""
    return Plan.of([RunOneOff(web.one_off(context, web.MIGRATE, purpose=PURPOSE), cause=cause)])


def settle(
    workspace: Workspace, context: SiteContext, events: Events, *, found: Found | None = None, because: str = ""
) -> None:
    """Migrate the enabled plugins' tables and make the tokens that they want. The caller holds the site's lock.

    ``found`` are the source's own packages where the caller knows them. ``because`` says why the migration runs even
    where there is nothing to migrate: it shows whether CKAN starts at all.
    """
    wanted = _digest(workspace, context, found)
    if not because and _is_settled(workspace, context, wanted):
        return
    up.bring_up(workspace, context, up.BACKING, events)
    try:
        apply(migrate(context, cause=because or _OTHERS), workspace.ports, events)
    except CommandFailed as error:
        raise _explained(context, error) from error
    missing = _missing_tokens(workspace, context)
    if missing:
        have = site_file.read_tokens(workspace.ports.disk, context.environment, context.site.name)
        made = {key: _token(workspace, context, key) for key in missing}
        write_tokens(workspace, context, {**have, **made}, events)
    apply(Plan.of([_recording(context, wanted)]), workspace.ports, events)


def plan(workspace: Workspace, context: SiteContext, found: Found) -> Plan:
    """Return what ``settle`` would do once the backing services are up."""
    wanted = _digest(workspace, context, found)
    if _is_settled(workspace, context, wanted):
        return Plan()
    tokens = [
        RunOneOff(_token_maker(context, key), cause=f"an extension wants {key}")
        for key in _missing_tokens(workspace, context)
    ]
    return migrate(context, cause=_OTHERS) + Plan.of([*tokens, _recording(context, wanted)])


def _is_settled(workspace: Workspace, context: SiteContext, wanted: str) -> bool:
    return not wanted or _recorded(workspace, context) == wanted


def _recording(context: SiteContext, wanted: str) -> PlaceFile:
    content, owner = documents.text({"plugins": wanted}), (context.host.uid, context.host.gid)
    return PlaceFile(context.directory / _FILE, content, owner, cause="its tables are up to date")


def forget(context: SiteContext, *, cause: str) -> Plan:
    """Plan to forget what was settled, and the tokens that were made: the next time all of it is done again."""
    tokens = site_file.tokens_path(context.environment, context.site.name)
    return Plan.of([RemoveTree(context.directory / _FILE, cause=cause), RemoveTree(tokens, cause=cause)])


def _explained(context: SiteContext, error: CommandFailed) -> CommandFailed:
    """Name the extension whose code CKAN was in when it ended, and what it ended with."""
    lines = error.detail.splitlines()
    places = re.findall(rf"{web.LAYER}/ckanext/(\w+)/|{web.PROJECT}/([\w.-]+)/", error.detail)
    culprit = next((f"ckanext-{name}" if name else own for name, own in reversed(places)), "")
    said = (line for line in reversed(lines) if re.match(r"[\w.]+: |[\w.]+(Error|Exception)$", line))
    with_what = f" with {culprit}" if culprit else ""
    return CommandFailed(
        f"CKAN {context.environment.ckan} does not start{with_what}: {next(said, error.message)}",
        f"Mend it, or take it out: datacats uninstall -e {context.environment.name} {culprit or 'NAME'}",
        detail=error.detail,
    )


def _recorded(workspace: Workspace, context: SiteContext) -> str:
    path, disk = context.directory / _FILE, workspace.ports.disk
    return documents.read(disk, path, lambda record: str(record["plugins"])) if disk.entry(path) is not None else ""


def _digest(workspace: Workspace, context: SiteContext, known: Found | None) -> str:
    """Return what decides whether tables must be migrated; empty when no enabled plugin can have any of its own."""
    disk, environment = workspace.ports.disk, context.environment
    enabled = ckan_ini.plugins(source.check_ini(disk, environment.source, ini.OWNED))
    found = extensions.find(disk, environment.source) if known is None else known
    own = [(each, extensions.migrations(disk, environment.source / each.directory)) for each in found]
    without = {plugin for each, files in own if files is None for plugin in _plugins(each)}
    others = [name for name in enabled if name not in {*source.PLUGINS.split(), *without}]
    if not others:
        return ""
    packages = layer.installed(disk, environment.layer(context.layer)) if context.layer else {}
    versions = sorted(f"{name} {version}" for name, (version, _) in packages.items())
    files = [
        (str(path.relative_to(environment.source)), content)
        for _, migrations in own
        for path, content in sorted((migrations or {}).items())
    ]
    told = [str(context.site.images.web), others, versions, *files]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _plugins(each: Extension | Unbuilt) -> tuple[str, ...]:
    """The plugins of a package of the source directory, as far as that is known without building it."""
    return each.plugins if isinstance(each, Extension) else ()


def _missing_tokens(workspace: Workspace, context: SiteContext) -> list[str]:
    """Return the API tokens that enabled extensions want and the site has not yet."""
    disk, environment = workspace.ports.disk, context.environment
    enabled = ckan_ini.plugins(disk.read(environment.source / source.INI))
    have = site_file.read_tokens(disk, environment, context.site.name)
    return [known.token for known in catalogue.of_plugins(enabled) if known.token and known.token not in have]


def write_tokens(workspace: Workspace, context: SiteContext, tokens: Mapping[str, str], events: Events) -> None:
    """Keep a site's API tokens."""
    path, content = site_file.tokens(context.environment, context.site.name, tokens)
    owner = (context.host.uid, context.host.gid)
    apply(Plan.of([PlaceFile(path, content, owner, cause="an extension wants one")]), workspace.ports, events)


def _token_maker(context: SiteContext, label: str) -> ContainerSpec:
    return web.one_off(context, (*web.TOKEN, label), purpose=PURPOSE)


def _token(workspace: Workspace, context: SiteContext, label: str) -> str:
    output, said = io.BytesIO(), io.BytesIO()
    spec = _token_maker(context, label)
    status = workspace.ports.engine.containers.run(spec.labelled(), Streams(None, output, said))
    if status != 0:
        raise CommandFailed(
            f"The API token for {label} could not be made (status {status}).",
            "The last lines that it printed say why.",
            detail=last_lines(said.getvalue()),
        )
    return output.getvalue().decode().split()[-1]
