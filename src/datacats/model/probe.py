"""Probes: how readiness is checked, within which time, and with what evidence when it is not reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """``url`` must answer within ``deadline`` seconds; ``container`` must not end meanwhile.

    A page that is closed to strangers (a redirect, 401, 403) answers too, but may have asked nothing of what it works
    with: then ``behind`` must be satisfied as well. ``host`` is the Host header to send where it differs from the
    URL's.
    """

    url: str
    container: str
    deadline: float
    host: str = ""
    behind: ExecProbe | None = None

    def __str__(self) -> str:
        return f"{self.url} answers"


@dataclass(frozen=True, slots=True)
class ExecProbe:
    """``command``, run once inside ``container``, loops until ready and exits 0, else prints why and exits non-zero."""

    container: str
    command: tuple[str, ...]
    deadline: float
    what: str

    def __str__(self) -> str:
        return f"{self.container} {self.what}"


Probe = HttpProbe | ExecProbe
