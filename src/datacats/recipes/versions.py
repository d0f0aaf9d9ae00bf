"""Which CKAN versions datacats knows, and what an image of one is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from datacats.errors import UnknownVersion


@dataclass(frozen=True, slots=True)
class Line:
    """A line of CKAN releases: the patch release that is pinned, and what is installed beside CKAN."""

    name: str
    pinned: str
    beside: tuple[str, ...]


_SERVER = "gunicorn==27.0.1"
_DEBUGGER = "debugpy==1.8.22"

LINES = {
    line.name: line
    for line in (
        Line("2.12", "2.12.0", (_SERVER, _DEBUGGER, "flask-debugtoolbar==0.16.0")),
        Line("2.11", "2.11.6", (_SERVER, _DEBUGGER, "flask-debugtoolbar==0.15.1")),
        Line("2.10", "2.10.11", (_SERVER, _DEBUGGER, "flask-debugtoolbar==0.13.1", "setuptools<81")),
    )
}
"""Every supported line, newest first. The debug toolbar is the one that CKAN's own developers use."""

DEFAULT_CKAN = LINES["2.12"].pinned

POSTGRES = "15"
REDIS = "7.0"


def resolve_ckan(text: str) -> str:
    """Return the exact CKAN version that ``2.12`` or ``2.12.0`` means."""
    found = re.fullmatch(r"(\d+\.\d+)(\.\d+)?", text)
    if found is None or found[1] not in LINES:
        known = ", ".join(f"{line.name} ({line.pinned})" for line in LINES.values())
        asked = f"datacats has no CKAN {text[:60]}" if text else "The version of CKAN is empty"
        raise UnknownVersion(
            f"{asked}. There are {known}, and other patch releases of these.",
            f"Ask for a line or an exact release of one, for example {DEFAULT_CKAN}.",
        )
    return text if found[2] else LINES[found[1]].pinned


def line_of(ckan: str) -> Line:
    """Return the line that an exact version belongs to."""
    return LINES[resolve_ckan(ckan).rpartition(".")[0]]


def requirements(ckan: str) -> tuple[str, ...]:
    """Return what is asked of the Python index for that exact version of CKAN."""
    return (f"ckan[requirements]=={ckan}", *line_of(ckan).beside)


def pins(ckan: str) -> dict[str, str] | None:
    """Return the exact version of each package that CKAN runs with; None where only its image can tell."""
    if ckan not in {line.pinned for line in LINES.values()}:
        return None
    text = (files(__package__) / "locks" / f"{ckan}.txt").read_text("utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE))


def is_pinned(ckan: str) -> bool:
    """Whether the package has a lock file for that exact version."""
    return line_of(ckan).pinned == ckan
