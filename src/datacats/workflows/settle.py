"""Bring a site's tables and tokens to what its enabled plugins want; a site that has them already is left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from datacats.apply import apply
from datacats.errors import CommandFailed
from datacats.model.environment import SiteContext
from datacats.model.event import Events
from datacats.model.extension import Extension, Unbuilt
from datacats.model.plan import PlaceFile, Plan, RemoveTree, RunOneOff
from datacats.model.service import ContainerSpec
from datacats.services import catalogue, ini, web
from datacats.store import ckan_ini, documents, extensions, layer, site_file, source
from datacats.workflows import ours, startup, trial, up
from datacats.workflows.answer import answer
from datacats.workflows.workspace import Workspace

Found = Sequence[Extension | Unbuilt]
"""The packages in a source directory."""

PURPOSE = "upgrade"
"""What the one-off containers of this step are started for."""

_FILE = "settled.json"
_OTHERS = "other plugins are enabled"


def settle(
    workspace: Workspace,
    context: SiteContext,
    events: Events,
    *,
    found: Found | None = None,
    because: str = "",
    coming: bytes | None = None,
) -> bool:
    """Migrate the enabled plugins' tables and make the tokens that they want; return whether that was necessary.

    The caller holds the site's lock. ``found`` are the source's own packages where the caller knows them. ``because``
    says why the migration runs even where there is nothing to migrate: it shows whether CKAN starts at all. ``coming``
    is a ``ckan.ini`` to do it with that is not in the source directory yet.
    """
    choices = _choices(workspace, context) if coming is None else coming
    wanted = _digest(workspace, context, choices, found)
    if not because and _is_settled(workspace, context, wanted):
        return False
    up.bring_up(workspace, context, up.FOR_ONE_OFFS, events)
    apply(ours.remove_one_offs(workspace, context, {PURPOSE}), workspace.ports, events)
    with trial.shown(workspace, context, coming, events) as one_off:
        try:
            apply(_migrate(one_off, cause=because or _OTHERS), workspace.ports, events)
        except CommandFailed as error:
            raise startup.explained(workspace, context, error, coming=coming is not None) from error
        made = {key: _token(workspace, one_off, key) for key in _missing_tokens(workspace, context, choices)}
    if made:
        have = site_file.read_tokens(workspace.ports.disk, context.environment, context.site.name)
        write_tokens(workspace, context, {**have, **made}, events)
    apply(Plan.of([_recording(context, wanted)]), workspace.ports, events)
    return True


def new_tokens(workspace: Workspace, context: SiteContext) -> dict[str, str]:
    """Make all tokens that enabled extensions want, for a database that knows none of those the site has."""
    one_off = trial.as_it_is(context)
    return {key: _token(workspace, one_off, key) for key in _wanted_tokens(_choices(workspace, context))}


def plan_new_tokens(workspace: Workspace, context: SiteContext) -> Plan:
    """Return what ``new_tokens`` would do."""
    return _make_tokens(trial.as_it_is(context), _wanted_tokens(_choices(workspace, context)))


def plan(workspace: Workspace, context: SiteContext, found: Found) -> Plan:
    """Return what ``settle`` would do once the backing services are up."""
    choices = _choices(workspace, context)
    wanted = _digest(workspace, context, choices, found)
    if _is_settled(workspace, context, wanted):
        return Plan()
    one_off = trial.as_it_is(context)
    tokens = _make_tokens(one_off, _missing_tokens(workspace, context, choices))
    return _migrate(one_off, cause=_OTHERS) + tokens + Plan.of([_recording(context, wanted)])


def _migrate(one_off: trial.OneOff, *, cause: str) -> Plan:
    """Plan the one process that brings a site's tables and permissions to what its image and its plugins want."""
    return Plan.of([RunOneOff(one_off(web.MIGRATE, purpose=PURPOSE), what="migrate both databases", cause=cause)])


def _make_tokens(one_off: trial.OneOff, keys: Sequence[str]) -> Plan:
    return Plan.of(RunOneOff(_token_maker(one_off, key), cause=f"an extension wants {key}") for key in keys)


def _choices(workspace: Workspace, context: SiteContext) -> bytes:
    return source.check_ini(workspace.ports.disk, context.environment.source, ini.OWNED)


def _is_settled(workspace: Workspace, context: SiteContext, wanted: str) -> bool:
    return not wanted or _recorded(workspace, context) == wanted


def _recording(context: SiteContext, wanted: str) -> PlaceFile:
    content, owner = documents.text({"plugins": wanted}), (context.host.uid, context.host.gid)
    return PlaceFile(context.directory / _FILE, content, owner, cause="its tables are up to date")


def forget(context: SiteContext, *, cause: str) -> Plan:
    """Plan to forget what was settled, and the tokens that were made: the next time all of it is done again."""
    tokens = site_file.tokens_path(context.environment, context.site.name)
    return Plan.of([RemoveTree(context.directory / _FILE, cause=cause), RemoveTree(tokens, cause=cause)])


def _recorded(workspace: Workspace, context: SiteContext) -> str:
    path, disk = context.directory / _FILE, workspace.ports.disk
    return documents.read(disk, path, lambda record: str(record["plugins"])) if disk.entry(path) is not None else ""


def _digest(workspace: Workspace, context: SiteContext, choices: bytes, known: Found | None) -> str:
    """Return what decides whether tables must be migrated; empty when no enabled plugin can have any of its own."""
    disk, environment = workspace.ports.disk, context.environment
    found = extensions.find(disk, environment.source) if known is None else known
    own = [(each, extensions.migrations(disk, environment.source / each.directory)) for each in found]
    without = {plugin for each, files in own if files is None for plugin in _plugins(each)}
    others = [name for name in ckan_ini.plugins(choices) if name not in {*source.PLUGINS.split(), *without}]
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


def _missing_tokens(workspace: Workspace, context: SiteContext, choices: bytes) -> list[str]:
    """Return the API tokens that enabled extensions want and the site has not yet."""
    have = site_file.read_tokens(workspace.ports.disk, context.environment, context.site.name)
    return [key for key in _wanted_tokens(choices) if key not in have]


def _wanted_tokens(choices: bytes) -> list[str]:
    return [known.token for known in catalogue.of_plugins(ckan_ini.plugins(choices)) if known.token]


def write_tokens(workspace: Workspace, context: SiteContext, tokens: Mapping[str, str], events: Events) -> None:
    """Keep these as a site's API tokens, and no others."""
    path, content = site_file.tokens(context.environment, context.site.name, tokens)
    owner = (context.host.uid, context.host.gid)
    apply(Plan.of([PlaceFile(path, content, owner, cause="an extension wants one")]), workspace.ports, events)


def _token_maker(one_off: trial.OneOff, label: str) -> ContainerSpec:
    return one_off((*web.TOKEN, label), purpose=PURPOSE)


def _token(workspace: Workspace, one_off: trial.OneOff, label: str) -> str:
    made = answer(workspace, _token_maker(one_off, label), None, f"The API token for {label} could not be made")
    return made.stdout.decode().split()[-1]
