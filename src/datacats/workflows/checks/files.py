"""Whether the files that say what environments are can be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from datacats.errors import DatacatsError
from datacats.model import labels
from datacats.model.finding import Finding, Severity, ok
from datacats.model.observed import ContainerSeen, NetworkSeen
from datacats.model.plan import PlaceFile, Plan
from datacats.model.ports import Disk
from datacats.services import ini
from datacats.store import environment_file, locate, site_file, source
from datacats.store import root as data_root
from datacats.store.root import DataRoot
from datacats.workflows.checks.facts import Facts

NAME = "files"


def check(facts: Facts) -> tuple[Finding, ...]:
    """Read every file of the data root and its environments' source directories that datacats reads."""
    if facts.data.error is not None:
        uuids = _uuids(facts) if _is_garbled(facts.ports.disk, facts.data.home / data_root.FILE) else set()
        owner = data_root.owner_of(facts.ports.disk, facts.data.home)
        return (unreadable(facts.data.home, facts.data.error, uuids, owner),)
    if facts.data.root is None and (there := facts.ports.disk.entry(facts.data.home)) and there.kind == "file":
        what = f"{facts.data.home} is a file: no data root can be made there."
        return (Finding(NAME, Severity.ERROR, what, "", "Name another place: export DATACATS_HOME=DIRECTORY"),)
    if facts.data.root is None:
        return (ok(NAME, f"There is no data root yet ({facts.data.home}); the first create makes it."),)
    found = tuple(damaged(error) for error in _errors(_readers(facts, facts.data.root)))
    return found or (ok(NAME, "Every file that says what an environment is can be read."),)


def damaged(error: DatacatsError) -> Finding:
    """Judge a file that cannot be read: its own error says all."""
    return Finding(NAME, Severity.ERROR, error.message, "", error.hint)


def unreadable(home: Path, error: DatacatsError, uuids: set[str], owner: tuple[int, int]) -> Finding:
    """Judge a data root whose own file cannot be read. What was made from it still carries its uuid."""
    if len(uuids) != 1:
        return Finding(NAME, Severity.ERROR, error.message, "No environment can be used without it.", error.hint)
    place = PlaceFile(home / data_root.FILE, data_root.content(*uuids), owner, cause="damaged")
    return Finding(
        NAME,
        Severity.ERROR,
        error.message,
        "No environment can be used without it; its containers still carry what stood in it.",
        "datacats doctor --fix",
        Plan.of([place]),
        "root",
    )


def _readers(facts: Facts, root: DataRoot) -> Iterator[Callable[[], object]]:
    disk = facts.ports.disk
    for name in facts.data.names:
        yield partial(locate.recorded_source, disk, root, name)
    for environment in facts.data.environments:
        if disk.entry(environment.source / environment_file.NAME):
            yield partial(environment_file.read, disk, environment.source)
            yield partial(source.check_ini, disk, environment.source, ini.OWNED)
        for site in site_file.names(disk, environment):
            yield partial(site_file.read, disk, environment, site)
            yield partial(site_file.read_secrets, disk, environment, site)


def _errors(readers: Iterable[Callable[[], object]]) -> Iterator[DatacatsError]:
    for read in readers:
        try:
            read()
        except DatacatsError as error:
            yield error


def _is_garbled(disk: Disk, path: Path) -> bool:
    """Whether nobody wrote it so: one of a newer datacats, or one that is closed to us, is left as it is."""
    try:
        document = json.loads(disk.read(path))
    except ValueError:
        return True
    except DatacatsError:
        return False
    return not (isinstance(document, dict) and "layout" in document)


def _uuids(facts: Facts) -> set[str]:
    seen: Iterable[ContainerSeen | NetworkSeen] = (*facts.engine.containers, *facts.engine.networks)
    return {each.labels[labels.ROOT] for each in seen if each.labels.get(labels.HOME) == str(facts.data.home)}
