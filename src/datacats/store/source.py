"""What a new source directory holds, beside ``datacats.toml``."""

from __future__ import annotations

import os
from pathlib import Path

from datacats.errors import ConfigError
from datacats.model.ports import Disk
from datacats.store import ini_file

INI = "ckan.ini"
PLUGINS = "activity datastore datatables_view text_view image_view"
"""What a new site has enabled: the DataStore, views of tables, texts and images, and the activity stream."""

_GITIGNORE = """\
# What is saved of a site holds its users and their secrets.
*.dump
*.tar
__pycache__/
*.egg-info/
*.pyc
"""

_INI = """\
# CKAN's configuration of this environment: choices, the same for all its sites.
# Commit it; it holds no secret. Databases, search, URLs, site id and keys are each site's own: datacats adds them
# when it starts CKAN. The development server follows a change on the next request; in production: datacats reload
[app:main]
use = egg:ckan
ckan.plugins = {plugins}
ckan.site_title = {title}
ckan.views.default_views = {views}
ckan.auth.create_user_via_web = false

# The debug toolbar in every page; only in development, whatever stands here.
debug = false

[loggers]
keys = root, ckan, ckanext, werkzeug

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console

[logger_werkzeug]
level = WARNING
handlers = console
qualname = werkzeug
propagate = 0

[logger_ckan]
level = INFO
handlers = console
qualname = ckan
propagate = 0

[logger_ckanext]
level = DEBUG
handlers = console
qualname = ckanext
propagate = 0

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(asctime)s %(levelname)-5.5s [%(name)s] %(message)s
"""


def new_files(title: str, *, datastore: bool = True, first: str = "") -> dict[str, bytes]:
    """Return the name and content of every file of a new source directory but ``datacats.toml``.

    ``first`` is a plugin to enable before CKAN's own.
    """
    plugins = PLUGINS if datastore else PLUGINS.replace("datastore datatables_view ", "")
    views = "image_view datatables_view" if datastore else "image_view"
    ini = _INI.format(plugins=f"{first} {plugins}".strip(), title=title.replace("%", "%%"), views=views)
    return {INI: ini.encode(), ".gitignore": _GITIGNORE.encode()}


def read_ini(disk: Disk, source: Path) -> bytes:
    """Return the content of the source's ``ckan.ini``. Raises ConfigError when it is missing, or cannot be read."""
    path = source / INI
    if disk.entry(path) is None:
        raise ConfigError(f"There is no {path}.", "Restore it; a minimal one says: [app:main] and use = egg:ckan")
    content = disk.read(path)
    ini_file.settings(path, content)
    return content


def chain(disk: Disk, source: Path, content: bytes) -> tuple[tuple[Path, bytes], ...]:
    """Return the source's ``ckan.ini`` with this content, and the files that it uses: ``use = config:base.ini``.

    Each comes before the one that it uses, and beats it. Raises ConfigError for one that containers do not see.
    """
    found = [(source / INI, content)]
    while True:
        path, text = found[-1]
        kind, _, name = ini_file.settings(path, text).get("use", "").partition(":")
        if kind != "config":
            return tuple(found)
        used = Path(os.path.normpath(path.parent / name.strip()))
        if not used.is_relative_to(source) or disk.entry(used) is None or used in dict(found):
            raise ConfigError(
                f"{path} uses {name.strip()}, which is no other file in the source directory.",
                "Mend that line; to stand on CKAN alone it says: use = egg:ckan",
            )
        found.append((used, disk.read(used)))


def check_ini(disk: Disk, source: Path, owned: frozenset[str]) -> bytes:
    """Return the content of the source's ``ckan.ini``.

    Raises ConfigError when it is missing, cannot be parsed, or sets a key that belongs to a site.
    """
    path = source / INI
    content = read_ini(disk, source)
    for key in ini_file.settings(path, content):
        if key in owned:
            raise ConfigError(
                f"{path} sets {key}, which is each site's own.",
                "Take the line out; datacats sets it for every site.",
            )
    return content
