"""Findings: what a check saw, how bad it is, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from datacats.model.plan import Plan


class Severity(str, Enum):
    """How bad a finding is: a note needs nobody, a warning somebody some day, an error somebody now."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class HaveImages:
    """The safe fix that is no plan: have the images of a CKAN version here, from a registry or built."""

    ckan: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check saw.

    ``what`` says what is the case, ``why`` why that matters, ``fix`` the command or step that mends it. ``mend`` is
    what may be done without asking: it loses nothing that anybody could want. A plan is carried out only while the
    lock ``lock`` of the data root is held and the check still says the same.
    """

    check: str
    severity: Severity
    what: str
    why: str = ""
    fix: str = ""
    mend: Plan | HaveImages | None = None
    lock: str = ""


def ok(check: str, what: str) -> Finding:
    """Return the finding that all is well."""
    return Finding(check, Severity.OK, what)
