"""Change a setting where it belongs, once CKAN's own validators have seen the value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from datacats.apply import apply
from datacats.errors import NotFound, UsageError
from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.masking import masked
from datacats.model.names import PRIMARY
from datacats.model.plan import Plan
from datacats.services import declarations
from datacats.store import source
from datacats.workflows import sites
from datacats.workflows.settings import change_ini, change_toml, declared, ours, owned, show
from datacats.workflows.settings.declared import Declarations
from datacats.workflows.settings.draft import Draft
from datacats.workflows.settings.explain import is_ours
from datacats.workflows.settings.layers import DEFAULT, Place, in_force
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace

_PLUGINS = "ckan.plugins"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A setting and its new value; None takes it out. ``force`` writes one that nobody declares."""

    key: str
    value: str | None
    reference: str | None = None
    site: str = PRIMARY
    force: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed setting. ``value`` is what is in force from now on, secrets masked, and ``source`` where that is from.

    ``changed`` says whether ``file`` was written; ``effect`` what follows, ``remarks`` what else must be known.
    """

    name: str
    site: str
    key: str
    file: Path
    changed: bool
    value: str
    source: str
    effect: str
    remarks: tuple[str, ...]


def change(wanted: Wanted, workspace: Workspace, events: Events = ignore) -> Changed:
    """Set a setting, or take it out. Where it raises, nothing has changed.

    Raises UsageError for a value that CKAN refuses, or for a setting that another command changes, NotFound for one
    that nobody declares, ConfigError for a file that cannot be read, DiskError for one that may not be written, and
    Conflict for one that somebody saved meanwhile.
    """
    with sites.hold(workspace, wanted.reference, wanted.site, events) as context:
        draft = _draft(workspace, context, wanted)
        coming = {} if is_ours(wanted.key) else _coming(workspace, context, wanted, draft)
        default = _check(workspace, context, wanted, coming, events) if coming else ""
        draft.refuse_stale(workspace)
        apply(draft.plan(context), workspace.ports, events)
        return _told(workspace, context, wanted, draft, default)


def plan_change(wanted: Wanted, workspace: Workspace) -> Plan:
    """Return what ``change`` would do, and do nothing: CKAN has not seen the value."""
    environment = workspace.find(wanted.reference)
    context = workspace.context(environment, complete(workspace, environment, wanted.site))
    draft = _draft(workspace, context, wanted)
    if is_ours(wanted.key):
        return draft.plan(context)
    checked = declarations.check(context, _coming(workspace, context, wanted, draft), wanted.key)
    return Plan.of([checked]) + draft.plan(context)


def refuse(wanted: Wanted, workspace: Workspace) -> None:
    """Raise what ``change`` raises for a setting that it does not change, before anybody is asked for a value."""
    environment = workspace.find(wanted.reference)
    context = workspace.context(environment, complete(workspace, environment, wanted.site))
    (change_toml if is_ours(wanted.key) else change_ini).refuse(context, wanted.key)


def _draft(workspace: Workspace, context: SiteContext, wanted: Wanted) -> Draft:
    make = change_toml.draft if is_ours(wanted.key) else change_ini.draft
    return make(workspace, context, wanted.key, wanted.value)


def _coming(workspace: Workspace, context: SiteContext, wanted: Wanted, draft: Draft) -> dict[str, str]:
    """The settings that CKAN looks at: the new value counts, whatever beats it."""
    choices = draft.after if draft.path.name == source.INI else None
    values = dict(in_force(workspace, context, choices).values)
    return values if wanted.value is None else {**values, wanted.key: wanted.value.strip()}


def _check(
    workspace: Workspace, context: SiteContext, wanted: Wanted, coming: Mapping[str, str], events: Events
) -> str:
    """Have CKAN look at the value; return the setting's default."""
    found = declared.ask(workspace, context, coming, events)
    known = found.find(wanted.key)
    if known is None and not wanted.force and wanted.value is not None:
        error = show.unknown(wanted.key, tuple(found.options), context.environment.name)
        raise NotFound(error.message, f"{error.hint} To set it all the same: --force")
    refusals = list(_refusals(wanted, found))
    if refusals:
        what = f"CKAN refuses {_words(wanted)}: {refusals[0]}"
        raise UsageError(what, _way(context, wanted, found), detail="\n".join(refusals[1:]))
    return known.default or "" if known else ""


def _refusals(wanted: Wanted, found: Declarations) -> Iterator[str]:
    """What CKAN says against it. With other plugins other settings are needed: then all of them count."""
    if wanted.key == _PLUGINS:
        yield from (f"{plugin} cannot be loaded: {words}" for plugin, words in found.problems.items())
        yield from (f"{key}: {words}" for key, words in found.errors.items() if key != _PLUGINS)
    if wanted.key in found.errors:
        yield found.errors[wanted.key]
    known = found.find(wanted.key)
    if known is not None and wanted.value is not None and (words := known.misread(wanted.value)):
        yield words


def _way(context: SiteContext, wanted: Wanted, found: Declarations) -> str:
    name = context.environment.name
    if wanted.key == _PLUGINS and found.problems:
        return f"Install what has it, which enables it as well: datacats install -e {name} PACKAGE"
    return f"See what it may be: datacats config explain -e {name} {wanted.key}"


def _words(wanted: Wanted) -> str:
    if wanted.value is None:
        return f"to be without {wanted.key}"
    return f"{wanted.key} = {masked(wanted.key, wanted.value)}"


def _told(workspace: Workspace, context: SiteContext, wanted: Wanted, draft: Draft, default: str) -> Changed:
    if is_ours(wanted.key):
        found = {each.key: each for each in ours.settings(workspace, context)}
        places = found[wanted.key].places if wanted.key in found else ()
    else:
        places = in_force(workspace, context).places(wanted.key)
    wins = places[0] if places else Place(DEFAULT, "", masked(wanted.key, default))
    remarks = list(draft.remarks)
    beaten = bool(wins.where) and (wanted.value is None or wins.where != str(draft.path))
    if beaten:
        remarks.append(f"In force is what {wins} says, as before{owned.until(context, wanted.key)}.")
    return Changed(
        name=context.environment.name,
        site=context.site.name,
        key=wanted.key,
        file=draft.path,
        changed=draft.changes,
        value=wins.value,
        source=wins.source,
        effect=draft.effect if draft.changes and not beaten else "",
        remarks=tuple(remarks),
    )
