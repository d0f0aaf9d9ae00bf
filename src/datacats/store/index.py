"""Where this host takes Python packages from, told alike to pip and to uv whichever of the two was told."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from configparser import ConfigParser, Error
from pathlib import Path
from urllib.parse import urlsplit

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from datacats.errors import ConfigError
from datacats.model.ports import Disk

_PASSED = re.compile(
    r"PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST)"
    r"|UV_(DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|INSECURE_HOST)"
    r"|UV_INDEX_\w+_(USERNAME|PASSWORD)"
)


def pip_files(env: Mapping[str, str]) -> tuple[Path, ...]:
    """Where pip keeps its settings, those that count more first."""
    home, settings = _homes(env)
    named = [Path(env["PIP_CONFIG_FILE"])] if env.get("PIP_CONFIG_FILE") else []
    return (*named, settings / "pip" / "pip.conf", home / ".pip" / "pip.conf", Path("/etc/pip.conf"))


def uv_files(env: Mapping[str, str]) -> tuple[Path, ...]:
    """Where uv keeps its settings, those that count more first; a file that is named stands alone."""
    if env.get("UV_CONFIG_FILE"):
        return (Path(env["UV_CONFIG_FILE"]),)
    return (_homes(env)[1] / "uv" / "uv.toml", Path("/etc/uv/uv.toml"))


def variables(disk: Disk, env: Mapping[str, str]) -> dict[str, str]:
    """Return the process variables that let pip and uv ask the index of this host, and nothing else.

    They hold what ``env`` says, and for the one of the two that no variable or file tells of an index, the other's.
    Raises ConfigError for a file that cannot be read.
    """
    found = {name: value for name, value in env.items() if value and _PASSED.fullmatch(name)}
    pip = found.get("PIP_INDEX_URL") or next(_told(disk, pip_files(env), _of_pip), "")
    uv = found.get("UV_DEFAULT_INDEX") or found.get("UV_INDEX_URL") or next(_told(disk, uv_files(env), _of_uv), "")
    if pip and not uv:
        found["UV_DEFAULT_INDEX"] = pip
    if uv and not pip:
        found["PIP_INDEX_URL"] = uv
        if uv.startswith("http://"):
            found.setdefault("PIP_TRUSTED_HOST", urlsplit(uv).netloc.rpartition("@")[2])
    return found


def script(told: Mapping[str, str]) -> bytes:
    """Return a shell script that sets the variables."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(told.items())).encode()


def _homes(env: Mapping[str, str]) -> tuple[Path, Path]:
    home = Path(env.get("HOME") or "/nonexistent")
    return home, Path(env.get("XDG_CONFIG_HOME") or home / ".config")


def _told(disk: Disk, paths: Iterable[Path], read: Callable[[str], str]) -> Iterator[str]:
    for path in paths:
        if disk.entry(path) is not None:
            try:
                index = read(disk.read(path).decode())
            except (ValueError, Error, AttributeError, KeyError, TypeError) as error:
                why = f"{path} cannot be read ({type(error).__name__}); images are built with the same settings."
                raise ConfigError(
                    why, "Mend it; its reader tells the line: pip config list, or uv pip list."
                ) from error
            if index:
                yield index


def _of_pip(text: str) -> str:
    parser = ConfigParser(interpolation=None)
    parser.read_string(text)
    sections = [section for section in ("install", "download", "global") if section in parser]
    return next((parser[section]["index-url"] for section in sections if "index-url" in parser[section]), "")


def _of_uv(text: str) -> str:
    settings = tomllib.loads(text)
    default = (str(each["url"]) for each in settings.get("index", ()) if each.get("default"))
    return str(next(default, "") or settings.get("index-url") or settings.get("pip", {}).get("index-url") or "")
