"""``site.json`` and ``secrets.json``: what a site has been given on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from ipaddress import IPv4Network, ip_address
from pathlib import Path
from typing import Any

from datacats.errors import ConfigError, NotFound
from datacats.model.environment import Environment, Mode, Phase, Placement, Site
from datacats.model.image import ROLES, ImageRef, ImageSet
from datacats.model.names import called, check_name, typed
from datacats.model.nearest import did_you_mean
from datacats.model.ports import Disk
from datacats.model.secrets import Secrets
from datacats.store import documents

_FILE = "site.json"
_SECRETS = "secrets.json"
_TOKENS = "tokens.json"
_BEFORE = frozenset({_SECRETS, "lock"})
"""What lies in a site's directory before the site is written down."""

_LATER = {"debugger": False, "profile": False, "links": [], "placement": "bind", "port_chosen": True}
"""What a site is that was written down before there was such a choice."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a site keeps while it does not run: its port and its subnets."""

    port: int
    subnets: tuple[str, str]


def names(disk: Disk, environment: Environment) -> tuple[str, ...]:
    """Return the sites of an environment, sorted; one that lost its record is still there with its data."""
    sites = environment.data / "sites"
    return tuple(
        name for name in disk.names(sites) if disk.entry(sites / name / _FILE) or _has_data(disk, sites / name)
    )


def exists(disk: Disk, environment: Environment, site: str) -> bool:
    """Whether the environment has that site. Raises UsageError for what cannot be a site's name."""
    check_name(site, "a site")
    return disk.entry(environment.site_directory(site) / _FILE) is not None


def is_there(disk: Disk, root: Path, environment: str, site: str) -> bool:
    """Whether a data root has that site of that environment."""
    return disk.entry(root / environment / "sites" / site / _FILE) is not None


def read(disk: Disk, environment: Environment, site: str) -> Site:
    """Read a site.

    Raises NotFound with the names of those that are there, ConfigError when its record is damaged or gone, UsageError
    for what can be no name.
    """
    check_name(site, "a site")
    path = environment.site_directory(site) / _FILE
    if disk.entry(path) is None:
        if _has_data(disk, path.parent):
            raise _unrecorded(environment, site)
        there = names(disk, environment)
        raise NotFound(
            f"{environment.name} has no site {site!r} (there is: {', '.join(there) or 'none'}).",
            did_you_mean(site, there, f"datacats init {environment.source} --site {site} makes it."),
        )
    remove = f"remove the site and its data: {typed('purge', environment.name, site)}"
    return documents.read(disk, path, lambda record: _decode(site, record), remove)


def write(disk: Disk, environment: Environment, site: Site, owner: tuple[int, int]) -> None:
    """Write a site down."""
    documents.write(disk, environment.site_directory(site.name) / _FILE, _encode(site), owner)


def promise(disk: Disk, data: Path, site: str) -> Promise | None:
    """Return what is promised to a site of a data directory; None when it is half made."""
    path = data / "sites" / site / _FILE
    if disk.entry(path) is None:
        return None
    return documents.read(disk, path, lambda record: Promise(documents.value(record, "port", int), _subnets(record)))


def read_secrets(disk: Disk, environment: Environment, site: str) -> Secrets:
    """Read a site's secrets. Raises NotFound when somebody removed them: to make others is not ours to decide."""
    path = secrets_path(environment, site)
    if disk.entry(path) is None:
        raise NotFound(
            f"{path} is gone: it holds the keys that logins and API tokens of {called(environment.name, site)} are "
            "signed with, and the passwords of its services.",
            "Put a copy of it back. Or make new ones, which ends every login and API token and loses nothing else: "
            f"{typed('tweak --new-secrets', environment.name, site)}",
        )
    renew = (
        f"make new ones, which ends every login and API token: {typed('tweak --new-secrets', environment.name, site)}"
    )
    return documents.read(disk, path, _secrets_of, renew)


def fresh_secrets(environment: Environment, site: str) -> tuple[Path, bytes]:
    """Return the path and content of the file that gives a site new secrets, in place of those it may have."""
    return secrets_path(environment, site), documents.text(asdict(Secrets.fresh()))


def ensure_secrets(disk: Disk, environment: Environment, site: str, owner: tuple[int, int]) -> Secrets:
    """Read a site's secrets, making them when there are none: a changed key ends every login and token."""
    path, content = fresh_secrets(environment, site)
    if disk.entry(path) is None:
        disk.place(path, content, 0o600, owner)
    return read_secrets(disk, environment, site)


def read_tokens(disk: Disk, environment: Environment, site: str) -> dict[str, str]:
    """Return the API tokens of extensions: setting -> token."""
    path = tokens_path(environment, site)
    if disk.entry(path) is None:
        return {}
    return documents.read(disk, path, lambda record: _texts(record["tokens"]))


def tokens(environment: Environment, site: str, content: Mapping[str, str]) -> tuple[Path, bytes]:
    """Return the path and content of the file that keeps a site's API tokens."""
    return tokens_path(environment, site), documents.text({"tokens": dict(content)})


def tokens_path(environment: Environment, site: str) -> Path:
    """Return the file that keeps a site's API tokens."""
    return environment.site_directory(site) / _TOKENS


def secrets_path(environment: Environment, site: str) -> Path:
    """Return the file that holds a site's secrets."""
    return environment.site_directory(site) / _SECRETS


def _secrets_of(record: dict[str, Any]) -> Secrets:
    return Secrets(**_texts({key: value for key, value in record.items() if key != "layout"}))


def _has_data(disk: Disk, directory: Path) -> bool:
    entry = disk.entry(directory)
    return entry is not None and entry.kind == "directory" and not _BEFORE.issuperset(disk.names(directory))


def _unrecorded(environment: Environment, site: str) -> ConfigError:
    path = environment.site_directory(site) / _FILE
    again = f"datacats init {environment.source} PORT --site {site}"
    return ConfigError(
        f"{path} is gone: it says what the site {site} of {environment.name} was given, its port, address and images. "
        "The data is still there.",
        "Put a copy of it back. Without one, remove the site's containers (docker rm -f), and make it again with all "
        f"that it was made with, such as --production and --site-url: {again}; that keeps the data, and gives the "
        "administrator another password",
    )


def _texts(record: dict[str, Any]) -> dict[str, str]:
    empty = next((key for key in record if not documents.value(record, key, str)), None)
    if empty is not None:
        raise ValueError(f"{empty!r} is empty")
    return record


def _subnets(record: dict[str, Any]) -> tuple[str, str]:
    front, back = record["subnets"]
    return str(IPv4Network(front)), str(IPv4Network(back))


def _links(record: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((check_name(name, "an environment"), check_name(site, "a site")) for name, site in record["links"])


def _encode(site: Site) -> dict[str, Any]:
    record = asdict(site)
    record.pop("name")
    record["images"] = _encode_images(site.images)
    record["previous"] = _encode_images(site.previous) if site.previous else None
    return record


def _decode(name: str, written: dict[str, Any]) -> Site:
    record = {**_LATER, **written}
    return Site(
        name=name,
        port=documents.value(record, "port", int),
        subnets=_subnets(record),
        images=_decode_images(record["images"]),
        address=str(ip_address(documents.value(record, "address", str))),
        site_url=documents.value(record, "site_url", str),
        mode=Mode(record["mode"]),
        phase=Phase(record["phase"]),
        datastore=documents.value(record, "datastore", bool),
        low_memory=documents.value(record, "low_memory", bool),
        debugger=documents.value(record, "debugger", bool),
        profile=documents.value(record, "profile", bool),
        links=_links(record),
        placement=Placement(record["placement"]),
        previous=_decode_images(record["previous"]) if record["previous"] else None,
        port_chosen=documents.value(record, "port_chosen", bool),
    )


def _encode_images(images: ImageSet) -> dict[str, str]:
    return {role: str(images[role]) for role in ROLES}


def _decode_images(record: dict[str, str]) -> ImageSet:
    return ImageSet(**{role: ImageRef.parse(record[role]) for role in ROLES})
