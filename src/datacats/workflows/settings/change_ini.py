"""Changes of CKAN's settings: in the source's ``ckan.ini``, secrets in the site's ``secrets.ini``."""

from __future__ import annotations

from pathlib import Path

from datacats.errors import UsageError
from datacats.model.environment import SiteContext
from datacats.model.masking import is_secret
from datacats.services import ini
from datacats.store import ini_file, secrets_ini, source
from datacats.workflows.settings import effect, owned
from datacats.workflows.settings.draft import Draft, mode_of
from datacats.workflows.workspace import Workspace


def draft(workspace: Workspace, context: SiteContext, key: str, value: str | None) -> Draft:
    """Return the file that a setting belongs in, with it changed, or without it for None.

    Raises UsageError for a setting that is a site's own, or for a value that the file cannot hold.
    """
    disk, environment, site = workspace.ports.disk, context.environment, context.site.name
    choices = environment.source / source.INI
    if value is not None:
        refuse(context, key)
        source.check_ini(disk, environment.source, ini.OWNED)
    kept = is_secret(key) and (value is not None or key in secrets_ini.settings(disk, environment, site))
    if kept:
        path, before = secrets_ini.path(environment, site), secrets_ini.read(disk, environment, site)
    else:
        path, before = choices, source.read_ini(disk, environment.source)
    mode = mode_of(workspace, path, 0o600 if kept else 0o644)
    follows = effect.of_secret(context) if kept else effect.of_ini(context)
    remarks = _committed(choices, disk.read(choices), key) if kept and value is not None else ()
    return Draft(path, before, _after(path, before, key, value), mode, follows, remarks)


def _committed(path: Path, choices: bytes, key: str) -> tuple[str, ...]:
    line = ini_file.lines(choices).get(key)
    return (f"{path}:{line} sets it as well, where it is committed: take that line out.",) if line else ()


def refuse(context: SiteContext, key: str) -> None:
    """Raise UsageError for a setting that belongs to the site."""
    if key in ini_file.NOT_SETTINGS:
        raise UsageError(f"{key} is no setting of CKAN's: it says what the file stands on.", "Edit ckan.ini by hand.")
    if owned.is_owned(key):
        way = owned.way(context, key)
        hint = f"Change it: {way}" if way else "It follows from what the site is: there is nothing to choose."
        raise UsageError(f"{key} belongs to the site: datacats sets it.", hint)


def _after(path: Path, before: bytes, key: str, value: str | None) -> bytes:
    there = ini_file.settings(path, before)
    if value is None:
        return ini_file.without_setting(before, key) if key in there else before
    wanted = value.strip(" \t")
    return before if there.get(key) == wanted.replace("%", "%%") else ini_file.with_setting(before, key, wanted)
