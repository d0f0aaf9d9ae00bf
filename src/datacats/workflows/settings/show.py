"""What is in force for a site, and where each value comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datacats.errors import NotFound
from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.masking import masked
from datacats.model.names import PRIMARY
from datacats.workflows.settings import declared, ours
from datacats.workflows.settings.declared import Declarations
from datacats.workflows.settings.layers import InForce, in_force
from datacats.workflows.settings.ours import CKAN, Setting
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ToShow:
    """Which settings to show: those that are named, all that something sets, or with ``every`` all there are."""

    keys: tuple[str, ...] = ()
    every: bool = False
    reference: str | None = None
    site: str = PRIMARY


@dataclass(frozen=True, slots=True)
class Shown:
    """The settings of a site. ``remarks`` say what could not be seen."""

    name: str
    site: str
    settings: tuple[Setting, ...]
    remarks: tuple[str, ...]


def show(wanted: ToShow, workspace: Workspace, events: Events = ignore) -> Shown:
    """Return the settings that are in force. CKAN is only asked where defaults are wanted.

    Raises NotFound for a setting that nothing sets or declares.
    """
    environment = workspace.find(wanted.reference)
    context = workspace.context(environment, wanted.site)
    now = in_force(workspace, context)
    found = {each.key: each for each in (*ours.settings(workspace, context), *of_ckan(now))}
    if wanted.every or any(key not in found for key in wanted.keys):
        declarations = declared.ask(workspace, context, now.values, events)
        found |= {each.key: each for each in _defaults(declarations) if each.key not in found}
        _refuse_unknown(wanted, found, context)
    keys = wanted.keys or [key for key, each in found.items() if wanted.every or not each.is_default]
    remarks = (now.remark,) if now.remark else ()
    return Shown(environment.name, context.site.name, tuple(found[key] for key in keys), remarks)


def of_ckan(now: InForce) -> Iterator[Setting]:
    """Yield the settings of CKAN's that something sets."""
    for key in sorted({key for layer in now.layers for key in layer.values}):
        yield ours.set_by(key, CKAN, *now.places(key))


def _defaults(declarations: Declarations) -> Iterator[Setting]:
    for each in declarations.options.values():
        if not each.dynamic and not {"internal", "ignored"} & set(each.flags):
            yield Setting(each.key, CKAN, masked(each.key, each.default or ""))


def _refuse_unknown(wanted: ToShow, found: dict[str, Setting], context: SiteContext) -> None:
    for key in wanted.keys:
        if key not in found:
            raise unknown(key, tuple(found), context.environment.name)


def unknown(key: str, known: tuple[str, ...], name: str) -> NotFound:
    """Return the error for a setting that nobody knows."""
    near = declared.nearest(key, known)
    hint = f"Did you mean {near!r}?" if near else f"See all: datacats config show --all -e {name}"
    return NotFound(
        f"No setting {key!r} is declared by CKAN or an enabled plugin, and none of datacats has that name.", hint
    )
