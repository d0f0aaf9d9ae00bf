"""What a setting means, what is in force, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.masking import is_secret, masked
from datacats.model.names import PRIMARY
from datacats.model.settings import GIVEN, KEYS, VARIABLES, Key
from datacats.store import environment_file
from datacats.workflows.settings import declared, effect, ours, owned, show
from datacats.workflows.settings.declared import Declarations
from datacats.workflows.settings.layers import DATABASE, DEFAULT, SITE, InForce, Place, in_force
from datacats.workflows.settings.ours import CKAN, DATACATS, Setting
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Explained:
    """A setting: what is declared of it, what is in force, and the places that set it, the one that wins first.

    ``declared_by`` is CKAN, a plugin, datacats, or empty where nobody declares it. ``default`` is None where there is
    none. ``change`` is the command that changes it, empty where none does; ``effect`` says what follows, ``notes``
    what else must be known.
    """

    key: str
    of: str
    declared_by: str
    text: str
    kind: str
    default: str | None
    example: str | None
    value: str
    source: str
    places: tuple[Place, ...]
    change: str
    effect: str
    notes: tuple[str, ...] = ()


def explain(
    key: str, reference: str | None, workspace: Workspace, events: Events = ignore, *, site: str = PRIMARY
) -> Explained:
    """Explain a setting of datacats's or CKAN's. Raises NotFound, with the nearest name, for one that nobody knows."""
    environment = workspace.find(reference)
    context = workspace.context(environment, site)
    own = {each.key: each for each in ours.settings(workspace, context)}
    if key in own or is_ours(key):
        return _of_datacats(context, own.get(key, Setting(key, DATACATS, "")))
    now = in_force(workspace, context)
    declarations = declared.ask(workspace, context, now.values, events)
    if declarations.find(key) is None and key not in now.values:
        raise show.unknown(key, (*own, *declarations.options), environment.name)
    return _of_ckan(context, key, declarations, now)


def is_ours(key: str) -> bool:
    """Whether a setting belongs to datacats."""
    head, _, name = key.partition(".")
    in_file = head in KEYS and bool(name) == (KEYS[head].kind is dict)
    return key in GIVEN or key in VARIABLES or key in KEYS or in_file


def _of_datacats(context: SiteContext, setting: Setting) -> Explained:
    key, name = setting.key, context.environment.name
    if key in GIVEN:
        given = GIVEN[key]
        about = Key(str, given.text, "", given.default, "", given.way(name))
    elif key in VARIABLES:
        about = Key(str, VARIABLES[key], "", "", "", f"export {key}=VALUE")
    else:
        about = KEYS[key.partition(".")[0]]
    in_file = key not in GIVEN and key not in VARIABLES
    return Explained(
        key=key,
        of=DATACATS,
        declared_by=DATACATS,
        text=about.text,
        kind=about.word if in_file else "",
        default=about.default,
        example=about.example or None,
        value=setting.value,
        source=setting.source,
        places=setting.places,
        change=about.command or f"datacats config set -e {name} {key} VALUE",
        effect=effect.of_toml(context, about.effect),
    )


def _of_ckan(context: SiteContext, key: str, asked: Declarations, now: InForce) -> Explained:
    known, places = asked.find(key), now.places(key)
    default = known.default if known else None
    return Explained(
        key=key,
        of=CKAN,
        declared_by=(known.plugin or f"CKAN {asked.ckan}") if known else "",
        text=declared.plain(known.description) if known else "",
        kind=known.kind if known else "",
        default=None if default is None else masked(key, default),
        example=known.example if known else None,
        value=places[0].value if places else masked(key, default or ""),
        source=places[0].source if places else DEFAULT,
        places=places,
        change=_change(context, key),
        effect=_effect(context, key, places),
        notes=tuple(_notes(context, key, asked, now)),
    )


def _effect(context: SiteContext, key: str, places: tuple[Place, ...]) -> str:
    if owned.is_owned(key) or (places and places[0].source in {SITE, DATABASE}):
        return ""
    return effect.of_secret(context) if is_secret(key) else effect.of_ini(context)


def _change(context: SiteContext, key: str) -> str:
    if owned.is_owned(key):
        return owned.way(context, key)
    site = f" -s {context.site.name}" if context.site.name != PRIMARY and is_secret(key) else ""
    return f"datacats config set -e {context.environment.name}{site} {key}{'' if is_secret(key) else ' VALUE'}"


def _notes(context: SiteContext, key: str, asked: Declarations, now: InForce) -> Iterator[str]:
    known, places = asked.find(key), now.places(key)
    if known is None:
        yield "Neither CKAN nor an enabled plugin declares it: its value is not checked."
    elif known.former:
        yield f"Its former name works too: {known.former}"
    if key in now.broken:
        yield f"CKAN stops at this value: {now.broken[key]}"
    elif key in asked.errors:
        yield f"CKAN refuses this value: {asked.errors[key]}"
    if owned.is_owned(key):
        yield "It belongs to the site: datacats sets it, and refuses a ckan.ini that does."
    elif places and places[0].source == SITE:
        yield f"datacats sets it for this site, whatever the files of its user say{owned.until(context, key)}."
    if places and places[0].source == DATABASE:
        yield "It was changed on the site's own pages, which beats every file until it is reset there."
    if variable := asked.variables.get(key):
        yield (
            f"CKAN takes it from the process variable {variable} where that is set, whatever the files say; "
            f"[env] of {environment_file.NAME} refuses that one."
        )
    if now.remark:
        yield now.remark
