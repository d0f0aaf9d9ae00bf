"""Whether what lies below the data root belongs to whom it should, and is closed to others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from datacats.errors import DatacatsError
from datacats.model.environment import Environment
from datacats.model.finding import Finding, Severity, ok
from datacats.model.plan import Plan, RunProgram
from datacats.model.ports import Disk, Entry
from datacats.store import host
from datacats.store.root import FILE as ROOT_FILE
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite

NAME = "access"

_OF = {"directory": 0o700, "file": 0o600}
_CAUSE = "as datacats makes it"
_RECORDS = ("site.json", "secrets.json")


@dataclass(frozen=True, slots=True)
class Strangers:
    """Files of a data directory that belong to somebody else than ``owner``: how many, and the first of them."""

    data: Path
    owner: tuple[int, int]
    count: int
    first: str


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge owners in each data directory, and modes of what may hold secrets."""
    if facts.data.root is None:
        return ()
    disk = facts.ports.disk
    strangers = (each for one in facts.data.environments if (each := _strangers(disk, one)))
    found = (
        *(foreign(each, facts.uid) for each in strangers),
        *(opened(path, entry, facts.uid) for path, entry in _entries(disk, _private(facts)) if is_wrong(entry)),
    )
    return found or (ok(NAME, "Owners and modes below the data root are right."),)


def is_wrong(entry: Entry) -> bool:
    """Whether others may use it, or its owner may not. What is no plain file or directory is nobody's here."""
    return entry.kind in _OF and entry.mode & 0o777 != _OF[entry.kind]


def opened(path: Path, entry: Entry, uid: int) -> Finding:
    """Judge a file or directory with a wrong mode, as the user ``uid`` who may or may not change it."""
    command = ("chmod", f"{_OF[entry.kind]:o}", str(path))
    return Finding(
        NAME,
        Severity.WARNING,
        f"{path} has the mode {entry.mode & 0o777:o}.",
        "Passwords and keys of sites lie below the data root; only their owner may read them.",
        _words(command, sudo=uid not in {0, entry.uid}),
        _plan(command) if uid in {0, entry.uid} else None,
    )


def foreign(strangers: Strangers, uid: int) -> Finding:
    """Judge files that belong to somebody else; only root can give them back."""
    owner = ":".join(map(str, strangers.owner))
    command = ("chown", "-R", "-h", owner, str(strangers.data))
    return Finding(
        NAME,
        Severity.ERROR,
        f"{strangers.count} files in {strangers.data} do not belong to user {strangers.owner[0]}: {strangers.first}",
        "Containers run as that user and cannot use them. A command that was run with sudo may have made them.",
        _words(command, sudo=uid != 0),
        _plan(command) if uid == 0 else None,
    )


def _strangers(disk: Disk, environment: Environment) -> Strangers | None:
    """Let find look: a site may have a hundred thousand files. Where there is no find, nobody looks."""
    owner = host.owner_for(disk, environment.source)
    with suppress(DatacatsError):
        done = disk.run(("find", str(environment.data), "!", "-user", str(owner[0]), "-print0"))
        names = done.stdout.decode(errors="replace").split("\0")[:-1]
        if names:
            return Strangers(environment.data, owner, len(names), names[0])
    return None


def _private(facts: Facts) -> Iterator[Path]:
    home = facts.data.home
    yield from (home, home / "_locks", home / "_templates", home / ROOT_FILE)
    for environment in facts.data.environments:
        yield from (environment.data, environment.data / "sites")
    for seen in facts.data.sites:
        yield from _of_site(facts.ports.disk, seen)


def _of_site(disk: Disk, seen: SeenSite) -> Iterator[Path]:
    directory = seen.environment.site_directory(seen.site.name)
    run = directory / "run"
    yield from (directory, *(directory / name for name in _RECORDS), run)
    for service in disk.names(run):
        yield run / service
        yield from (run / service / name for name in disk.names(run / service))


def _entries(disk: Disk, paths: Iterable[Path]) -> Iterator[tuple[Path, Entry]]:
    return ((path, entry) for path in paths if (entry := disk.entry(path)))


def _plan(command: tuple[str, ...]) -> Plan:
    return Plan.of([RunProgram(command, hint="Run it yourself to see why.", cause=_CAUSE)])


def _words(command: tuple[str, ...], *, sudo: bool) -> str:
    return " ".join(("sudo", *command) if sudo else command)
