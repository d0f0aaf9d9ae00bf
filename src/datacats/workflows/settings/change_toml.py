"""Changes of ``datacats.toml``, as they would be."""

from __future__ import annotations

from dataclasses import replace

from datacats.errors import UsageError
from datacats.model.environment import SiteContext
from datacats.model.masking import is_secret
from datacats.model.settings import GIVEN, KEYS, VARIABLES
from datacats.store import environment_file, toml_settings
from datacats.workflows import lines
from datacats.workflows.settings import effect
from datacats.workflows.settings.draft import Draft, mode_of
from datacats.workflows.workspace import Workspace

_SEEN = (
    "datacats.toml is committed, and process variables show in docker inspect: a secret does not belong there. "
    "CKAN's own settings can be secret: datacats config set KEY"
)


def draft(workspace: Workspace, context: SiteContext, key: str, value: str | None) -> Draft:
    """Return the file with a setting changed, or without it for None.

    Raises UsageError for what another command changes, ConfigError for a value that the file cannot have, Conflict for
    a CKAN that its sites cannot be upgraded to.
    """
    refuse(context, key)
    path = context.environment.source / environment_file.NAME
    before = workspace.ports.disk.read(path)
    if value is None and KEYS[key.partition(".")[0]].default is None:
        raise UsageError(f"datacats.toml must say {key}.", f"Change it: datacats config set {key} VALUE")
    if value is None:
        after = toml_settings.without_setting(before, key) if key in toml_settings.flat(before) else before
    else:
        after = toml_settings.with_setting(before, key, toml_settings.value_of(key, value))
    there = environment_file.parsed(path, after)
    if error := lines.of_another(replace(context.environment, ckan=there.ckan), context.site):
        raise error
    follows = effect.of_toml(context, KEYS[key.partition(".")[0]].effect)
    remarks = (_SEEN,) if key.startswith("env.") and is_secret(key) and value is not None else ()
    return Draft(path, before, after, mode_of(workspace, path, 0o644), follows, remarks)


def refuse(context: SiteContext, key: str) -> None:
    """Raise UsageError for a setting that another command changes, or a table."""
    name = context.environment.name
    if key in GIVEN:
        raise UsageError(f"{key} is what the site was given; no file says it.", f"Change it: {GIVEN[key].way(name)}")
    if key in VARIABLES:
        raise UsageError(f"{key} is a process variable of datacats.", f"Set it for your shell: export {key}=VALUE")
    head, _, inner = key.partition(".")
    known = KEYS[head]
    if known.command:
        raise UsageError(f"{key} of datacats.toml changes with more than a file.", f"Change it: {known.command}")
    if known.kind is dict and not inner:
        raise UsageError(f"{key} is a table.", f"Name one of its settings, for example: {key}.{_INNER[key]}")


_INNER = {"env": "TZ", "cron": "@daily"}
