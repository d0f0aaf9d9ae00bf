"""``datacats.toml``: what an environment is, in the source directory, committed, without secrets."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from datacats.errors import UPGRADE, ConfigError, UsageError
from datacats.model.names import check_name
from datacats.model.nearest import did_you_mean
from datacats.model.ports import Disk
from datacats.model.schedule import parse
from datacats.model.settings import KEYS
from datacats.model.switches import SWITCHES

NAME = "datacats.toml"

_VERSION = 1
_DEBIAN_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NEW = """\
# What this CKAN environment is; the documentation of datacats says what else may stand here.
# Commit it with the source. It holds no secret, and nothing of one machine.
version = {version}
name = "{name}"
ckan = "{ckan}"

# Extensions from the Python index or from git; "datacats install NAME" adds them here.
extensions = []

# Process variables for web and one-off containers.
[env]
"""


@dataclass(frozen=True, slots=True)
class EnvironmentFile:
    """The content of ``datacats.toml``. ``ckan`` is a version, or a line of versions such as ``2.12``.

    ``extensions`` and ``overrides`` are requirements as pip reads them, ``system_packages`` names of Debian packages.
    ``spare_containers`` says whether a container stands ready for the next command while a site is developed.
    """

    name: str
    ckan: str
    env: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    system_packages: tuple[str, ...] = ()
    services: Mapping[str, bool] = field(default_factory=dict)
    spare_containers: bool = True
    cron: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def new(name: str, ckan: str) -> bytes:
    """Return the content of a new ``datacats.toml``."""
    return _NEW.format(version=_VERSION, name=name, ckan=ckan).encode()


def read(disk: Disk, source: Path) -> EnvironmentFile:
    """Read the file of a source directory. Raises ConfigError that names the file, the key, and what would do."""
    path = source / NAME
    return parsed(path, disk.read(path))


def parsed(path: Path, content: bytes) -> EnvironmentFile:
    """Return what a file with this content would say. Raises ConfigError as ``read`` does."""
    document = _parse(path, content)
    _check_keys(path, document)
    version = document.get("version")
    if version is not None and version > _VERSION:
        raise ConfigError(
            f"{path} has version {version}; this datacats knows version {_VERSION}.",
            UPGRADE,
        )
    for key in ("version", "name", "ckan"):
        if key not in document:
            raise ConfigError(f"{path} lacks the key {key!r}.", f"Add it, for example: {KEYS[key].example}")
    try:
        check_name(document["name"], "an environment")
    except UsageError as error:
        raise ConfigError(f"{path}: {error.message}", error.hint) from error
    return EnvironmentFile(
        document["name"],
        document["ckan"],
        _env(path, document.get("env", {})),
        extensions=_texts(path, document, "extensions"),
        overrides=_texts(path, document, "overrides"),
        system_packages=_system_packages(path, document),
        services=_services(path, document.get("services", {})),
        spare_containers=document.get("spare_containers", True),
        cron=_cron(path, document.get("cron", {})),
    )


def with_value(content: bytes, key: str, value: str | Sequence[str]) -> bytes:
    """Return the content with one top-level key changed; comments and layout are kept. A list has a line per entry."""
    import tomlkit  # noqa: PLC0415 - only a change needs it; reading, which every command does, takes less

    document = tomlkit.parse(content.decode())
    if isinstance(value, str):
        document[key] = value
    else:
        entries = tomlkit.array()
        entries.extend(value)
        document[key] = entries.multiline(len(value) > 1)
    return tomlkit.dumps(document).encode()


def with_service(content: bytes, service: str, *, on: bool) -> bytes:
    """Return the content with one service switched; comments and layout are kept."""
    import tomlkit  # noqa: PLC0415 - only a change needs it

    document = tomlkit.parse(content.decode())
    if "services" not in document:
        document.append("services", tomlkit.table())
    document["services"][service] = on
    return tomlkit.dumps(document).encode()


def without_service(content: bytes, service: str) -> bytes:
    """Return the content without a word about a service; a table that is empty then goes as well."""
    import tomlkit  # noqa: PLC0415 - only a change needs it

    document = tomlkit.parse(content.decode())
    table = document.get("services")
    if table is None or service not in table:
        return content
    del table[service]
    if not table:
        del document["services"]
    return f"{tomlkit.dumps(document).rstrip()}\n".encode()


def with_command(content: bytes, time: str, command: str) -> bytes:
    """Return the content with a command that runs at a time, beside those that run there already."""
    import tomlkit  # noqa: PLC0415 - only a change needs it

    document = tomlkit.parse(content.decode())
    if "cron" not in document:
        document.append("cron", tomlkit.table())
    there = _commands(document["cron"].get(time, []))
    document["cron"][time] = [*there, command] if there else command
    return tomlkit.dumps(document).encode()


def without_command(content: bytes, command: str) -> bytes:
    """Return the content with that command at no time any more; a table that is empty then goes as well."""
    import tomlkit  # noqa: PLC0415 - only a change needs it

    document = tomlkit.parse(content.decode())
    table = document.get("cron", {})
    for time in [each for each in table if command in _commands(table[each])]:
        kept = [each for each in _commands(table[time]) if each != command]
        if kept:
            table[time] = kept if len(kept) > 1 else kept[0]
        else:
            del table[time]
    if "cron" not in document or table:
        return tomlkit.dumps(document).encode()
    del document["cron"]
    return f"{tomlkit.dumps(document).rstrip()}\n".encode()


def _commands(value: Any) -> list[str]:  # noqa: ANN401 - a value of a TOML document
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def _parse(path: Path, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.", "Mend that line and run the command again.") from error


def _check_keys(path: Path, document: Mapping[str, Any]) -> None:
    for key, value in document.items():
        known = KEYS.get(key)
        if known is None:
            raise ConfigError(f"{path} has the unknown key {key!r}.", _nearest(key, KEYS))
        if type(value) is not known.kind:
            raise ConfigError(f"{path}: {key} must be {known.word}.", f"For example: {known.example}")


def _nearest(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return did_you_mean(key, names) or f"Known keys: {', '.join(names)}."


def _texts(path: Path, document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = document.get(key, [])
    if not all(isinstance(value, str) and value.strip() for value in values):
        raise ConfigError(f"{path}: {key} must be a list of texts.", f"For example: {KEYS[key].example}")
    return tuple(values)


def _system_packages(path: Path, document: Mapping[str, Any]) -> tuple[str, ...]:
    names = _texts(path, document, "system_packages")
    for name in names:
        if not _DEBIAN_NAME.fullmatch(name):
            raise ConfigError(f"{path}: {name!r} is no name of a Debian package.", "See: apt-cache search WORD")
    return names


def _env(path: Path, table: Mapping[str, Any]) -> dict[str, str]:
    """Check the pass-through variables. CKAN lets its own beat every ini, and stops at a ``%`` in one."""
    for key, value in table.items():
        if not _VARIABLE.fullmatch(key):
            raise ConfigError(f"{path}: env has {key!r}, which can be no process variable.", 'For example: TZ = "UTC"')
        if not isinstance(value, str):
            raise ConfigError(f"{path}: env.{key} must be a text in quotes.", f'For example: {key} = "{value}"')
        if key.startswith("CKAN_") and not key.startswith("CKAN__"):
            raise ConfigError(
                f"{path}: env.{key} is not possible: CKAN's own variables beat every ini file.",
                "Put the setting into ckan.ini of the source directory.",
            )
    return dict(table)


def _services(path: Path, table: Mapping[str, Any]) -> dict[str, bool]:
    for key, value in table.items():
        if key not in SWITCHES:
            raise ConfigError(f"{path}: services.{key} cannot be switched.", _nearest(key, SWITCHES))
        if not isinstance(value, bool):
            raise ConfigError(f"{path}: services.{key} must be true or false.", f"For example: {key} = true")
    return dict(table)


def _cron(path: Path, table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for time, value in table.items():
        try:
            parse(time)
        except UsageError as error:
            raise ConfigError(f"{path}, [cron]: {error.message}", error.hint) from error
        commands = value if isinstance(value, list) else [value]
        if not commands or not all(isinstance(each, str) and each.strip() for each in commands):
            raise ConfigError(
                f'{path}, [cron]: what runs at "{time}" must be a command in quotes, or a list of such.',
                'For example: "0 * * * *" = "ckan notify send_emails"',
            )
        found[time] = tuple(commands)
    return found
