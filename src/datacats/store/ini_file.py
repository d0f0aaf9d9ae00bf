"""Files as CKAN reads them: settings below ``[app:main]``, one file using another."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from datacats.errors import ConfigError, UsageError
from datacats.store.text_file import edited

SECTION = "app:main"
NOT_SETTINGS = frozenset({"here", "__file__", "use"})
"""What stands below ``[app:main]`` for the sake of the file itself."""

_KEY = re.compile(r"[^\s=:#;\[%][^\s=:%]*")
_NO_TEXT = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Line ends, and what is no text."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What CKAN has read from a chain of files. ``broken`` are keys whose ``%`` it stops at, with its words."""

    values: Mapping[str, str]
    broken: Mapping[str, str] = field(default_factory=dict)


def settings(path: Path, content: bytes) -> dict[str, str]:
    """Return the settings of a file, as they are written.

    Raises ConfigError with the place when it cannot be read, or has no section for them.
    """
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(content.decode(), path.name)
    except (configparser.Error, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not a valid ini file: {_why(error)}.", "Mend that line.") from error
    if not parser.has_section(SECTION):
        raise ConfigError(f"{path} has no section [{SECTION}].", f"CKAN's settings belong below [{SECTION}].")
    return dict(parser.items(SECTION))


def _why(error: Exception) -> str:
    """Return what is wrong with a file, and where: never what stands there, which may be a secret."""
    if isinstance(error, configparser.MissingSectionHeaderError):
        return f"line {error.lineno} stands below no section"
    if isinstance(error, configparser.ParsingError):
        return f"line {error.errors[0][0]} is no setting"
    if isinstance(error, configparser.DuplicateOptionError):
        return f"line {error.lineno} sets {error.option} again"
    if isinstance(error, configparser.DuplicateSectionError):
        return f"line {error.lineno} begins [{error.section}] again"
    return str(error)


def lines(content: bytes) -> dict[str, int]:
    """Return the line that each setting stands in, counted from 1."""
    found: dict[str, int] = {}
    section = ""
    for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
        if head := re.match(r"\[(.+?)\]", line):
            section = head[1]
        elif section == SECTION and (key := re.match(r"([^\s#;][^=:]*?)\s*[=:]", line)):
            found.setdefault(key[1], number)
    return found


def merged(files: Iterable[tuple[str, bytes]]) -> Merged:
    """Return what CKAN reads from files that use one another, the one that all stand on first.

    Each comes with the directory that containers see it in. A value may name others, ``%(ckan.site_title)s``, but
    none that only a later file sets.
    """
    values: dict[str, str] = {}
    broken: dict[str, str] = {}
    parser = configparser.ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    for directory, content in files:
        parser.read_dict({configparser.DEFAULTSECT: {"here": directory}})
        parser.read_string(content.decode())
        for key in parser.options(SECTION):
            written = parser.get(SECTION, key, raw=True)
            values[key] = written
            try:
                values[key] = parser.get(SECTION, key)
            except configparser.InterpolationError as error:
                broken[key] = _stops(error)
            else:
                if "%(here)s" in written and "%" in values[key]:
                    broken[key] = "it has another % sign beside that of %(here)s"
                elif "%(here)s" in written:
                    parser.set(SECTION, key, values[key])
    return Merged({key: value for key, value in values.items() if key not in NOT_SETTINGS}, broken)


def _stops(error: configparser.InterpolationError) -> str:
    """Return why CKAN stops at a value, without the value."""
    if isinstance(error, configparser.InterpolationMissingOptionError):
        return f"nothing before it sets {error.reference}, which it names"
    return "a % sign in it is followed by neither % nor (NAME)s"


def with_setting(content: bytes, key: str, value: str) -> bytes:
    """Return the content with a setting, in its place or after the last one; comments and layout are kept.

    Raises UsageError for what a file of this kind cannot hold.
    """
    if not _KEY.fullmatch(key):
        raise UsageError(f"{key[:60]!r} can be no setting of CKAN's.", "A key holds no space, and none of = : %")
    written = value.replace("%", "%%")
    after = b"" if _NO_TEXT.search(value) else edited(content, lambda text: _with(text, key, written))
    if not after or settings(Path("ckan.ini"), after).get(key) != written:
        raise UsageError(
            f"An ini file cannot hold that value of {key} as it is.",
            "A value is one line of text, without spaces before and after it.",
        )
    return after


def without_setting(content: bytes, key: str) -> bytes:
    """Return the content without a setting; comments and layout are kept."""
    return edited(content, lambda text: _without(text, key))


def _with(text: str, key: str, value: str) -> str:
    from configupdater import ConfigUpdater  # noqa: PLC0415 - only a change needs it

    document = ConfigUpdater()
    document.optionxform = str  # type: ignore[method-assign,assignment]
    document.read_string(text)
    section = document[SECTION]
    there = section.options()
    if key in section:
        section[key].value = value
    elif there:
        section[there[-1]].add_after.option(key, value)
    else:
        section.set(key, value)
    return str(document)


def _without(text: str, key: str) -> str:
    from configupdater import ConfigUpdater  # noqa: PLC0415 - only a change needs it

    document = ConfigUpdater()
    document.optionxform = str  # type: ignore[method-assign,assignment]
    document.read_string(text)
    document.remove_option(SECTION, key)
    return str(document)
