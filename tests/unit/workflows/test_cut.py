"""Every command cut off before and after each of its changes, in memory: the same command again must mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.model import labels
from datacats.model.image import ImageRef
from datacats.services import builder, probe, web
from tests.support.desk import HOME, WORK, Desk, images_of
from tests.support.index import Index

PASSWORD = b"correct horse\n"
OLD = "2.12.0-old"


class Killed(BaseException):
    """The process is gone; nothing that it would do after happens."""


@dataclass
class Charge:
    """Kills at the change of that number, and at every later one; 0 kills nobody. Or interrupts, at that one alone."""

    at: int = 0
    count: int = 0
    interrupts: bool = False

    def burn(self) -> None:
        self.count += 1
        if self.interrupts and self.count == self.at:
            raise KeyboardInterrupt
        if self.at and self.count >= self.at and not self.interrupts:
            raise Killed


class Fused(list[str]):
    """A list of changes on which a charge lies."""

    def __init__(self, charge: Charge) -> None:
        super().__init__()
        self._charge = charge

    def append(self, change: str) -> None:
        self._charge.burn()
        super().append(change)


@dataclass
class Facts:
    """What the databases were told, beside what lies on the disk and the engine."""

    charge: Charge = field(default_factory=Charge)
    told: set[str] = field(default_factory=set)
    running: list[str] = field(default_factory=list)
    foreign: bool = False
    index: Index | None = None

    def __call__(self, call: Call) -> Outcome:
        if call.main and labels_of_service(call.container):
            return Outcome(None)
        self.charge.burn()
        if f"/{probe.OWN}" in "".join(call.command):
            return Outcome(probe.FOREIGN if self.foreign else 0)
        for beginning in (b"ALTER ROLE", b'INSERT INTO "user"'):
            if beginning in call.stdin:
                self.told.add(beginning.decode())
        if call.command == web.REINDEX:
            self.told.add("search index")
        return self.index.program(call) if self.index is not None else Outcome(0)


def labels_of_service(container: str) -> bool:
    return container.startswith("datacats_")


def arm(desk: Desk, at: int) -> Charge:
    charge = Charge(at)
    desk.engine.world.mutations = Fused(charge)
    desk.disk.changes = Fused(charge)
    facts = desk.engine.world.program
    assert isinstance(facts, Facts)
    facts.charge = charge
    return charge


def files(desk: Desk, directory: Path) -> Iterator[tuple[str, str]]:
    for name in desk.disk.names(directory):
        path = directory / name
        entry = desk.disk.entry(path)
        assert entry is not None
        told = f"{entry.kind} {entry.mode:o} {entry.uid}:{entry.gid}"
        if entry.kind == "directory":
            yield str(path), told
            yield from files(desk, path)
        else:
            yield str(path), f"{told} {desk.disk.read(path).decode(errors='replace')}"


def document(desk: Desk) -> str:
    """All that is there, with what is random named instead.

    But for containers that were asked for exact packages: somebody may still wait for one, and doctor removes it.
    """
    world = desk.engine.world
    facts = world.program
    assert isinstance(facts, Facts)
    random = (labels.SPEC, labels.CONFIGURATION)
    found = {
        "containers": {
            each.name if labels.ONE_OFF not in each.spec.labels else "one-off": [
                each.state,
                str(each.spec.image),
                sorted(each.networks),
                {key: value for key, value in each.spec.labels.items() if key not in random},
            ]
            for each in world.containers.values()
            if each.spec.labels.get(labels.ONE_OFF) != builder.RESOLVE
        },
        "volumes": {name: dict(each.labels) for name, each in world.volumes.items()},
        "networks": {name: each.subnet for name, each in world.networks.items()},
        "files": dict([*files(desk, WORK), *files(desk, HOME)]),
        "told": sorted(facts.told),
    }
    text = json.dumps(found, indent=1, sort_keys=True)
    for value in secrets(desk):
        text = text.replace(value, "SECRET").replace(f"-{value[:8]}", "-SECRET")
    text = text.replace(".anew", "")  # of two layers for one lock either may be in use
    return re.sub(r"[0-9a-f]{64}", "DIGEST", text)


def secrets(desk: Desk) -> Iterator[str]:
    paths = [HOME / name / "sites" / "primary" / "secrets.json" for name in desk.disk.names(HOME)]
    for path in [*paths, HOME / "root.json"]:
        if desk.disk.entry(path) is not None:
            record: dict[str, Any] = json.loads(desk.disk.read(path))
            yield from (value for value in record.values() if isinstance(value, str))


def nothing(_desk: Desk) -> None:
    """A machine with images."""


def running(desk: Desk) -> None:
    desk.create("catstown")


def in_production(desk: Desk) -> None:
    running(desk)
    desk.done("start", "catstown", "--production")


def stopped(desk: Desk) -> None:
    running(desk)
    desk.done("stop", "catstown")


def without_index(desk: Desk) -> None:
    running(desk)
    desk.disk.tree.remove(HOME / "catstown" / "sites" / "primary" / "solr")


def outdated(desk: Desk) -> None:
    running(desk)
    path = HOME / "catstown" / "sites" / "primary" / "site.json"
    record = desk.site()
    desk.engine.world.add_image(ImageRef("datacats/web", OLD))
    record["images"]["web"] = f"datacats/web:{OLD}"
    desk.disk.add(path, json.dumps(record).encode(), mode=0o600)
    desk.done("start", "catstown")


def upgraded(desk: Desk) -> None:
    outdated(desk)
    desk.done("upgrade", "catstown")


def extensible(desk: Desk) -> None:
    """A running site with a worker, and an index with extensions that want tokens, settings and services."""
    running(desk)
    facts = desk.engine.world.program
    assert isinstance(facts, Facts)
    facts.index = Index(desk)
    facts.index.add("ckanext-harvest", "1.6.3", harvest="a:B", ckan_harvester="a:C")
    facts.index.add("ckanext-xloader", "2.5.2", xloader="a:B")


def extended(desk: Desk) -> None:
    extensible(desk)
    desk.done("install", "-e", "catstown", "ckanext-harvest", "ckanext-xloader")


def with_sources(desk: Desk) -> None:
    """A running site of whose source directory an extension is not installed yet."""
    running(desk)
    project = b"""[project]
name = "ckanext-whiskers"
[project.entry-points."ckan.plugins"]
whiskers = "ckanext.whiskers.plugin:Whiskers"
"""
    desk.disk.add(WORK / "catstown" / "ckanext-whiskers" / "pyproject.toml", project)
    desk.disk.add(WORK / "catstown" / "ckanext-whiskers" / "ckanext" / "whiskers" / "migration" / "whiskers" / "x")


Begin = Callable[[Desk], None]

COMMANDS: dict[str, tuple[Begin, tuple[str, ...], int]] = {
    "create": (nothing, ("create", "catstown", "--admin-password-stdin"), 5),
    "image-only": (nothing, ("create", "catstown", "--image-only"), 5),
    "start": (stopped, ("start", "catstown"), 0),
    "reload": (running, ("reload", "catstown"), 0),
    "reload-production": (in_production, ("reload", "catstown"), 0),
    "regain": (without_index, ("start", "catstown"), 0),
    "stop": (running, ("stop", "catstown"), 0),
    "upgrade": (outdated, ("upgrade", "catstown"), 0),
    "rollback": (upgraded, ("upgrade", "catstown", "--rollback"), 5),
    "install": (extensible, ("install", "-e", "catstown", "ckanext-harvest", "ckanext-xloader"), 0),
    "install-own": (with_sources, ("install", "-e", "catstown"), 0),
    "install-clean": (extended, ("install", "-e", "catstown", "--clean"), 0),
    "uninstall": (extended, ("uninstall", "-e", "catstown", "ckanext-harvest"), 4),
    "purge": (running, ("purge", "catstown", "-y"), 4),
    "purge-all": (running, ("purge", "catstown", "-y", "--delete-environment"), 4),
}
"""What each starts from, how it is typed, and the status with which it refuses to be done twice."""


def desk_for(monkeypatch: pytest.MonkeyPatch, begin: Begin, *, foreign: bool = False) -> Desk:
    desk = Desk(monkeypatch)
    desk.engine.world.program = Facts(foreign=foreign)
    begin(desk)
    return desk


def copies(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Give one desk after another, all as this one is now."""
    while True:
        yield deepcopy(desk, {id(monkeypatch): monkeypatch})


def cut(desk: Desk, at: int, *words: str) -> None:
    """Kill a command at its change of that number."""
    charge = arm(desk, at)
    with pytest.raises(Killed):
        desk(*words, stdin=PASSWORD)
    charge.at = 0


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        *((name, False) for name in COMMANDS),
        *((name, True) for name in ("create", "start", "reload", "upgrade", "install-own", "purge")),
    ],
)
def test_a_command_that_is_cut_anywhere_is_mended_by_giving_it_again(
    monkeypatch: pytest.MonkeyPatch, name: str, *, foreign: bool
) -> None:
    begin, words, over = COMMANDS[name]
    desks = copies(desk_for(monkeypatch, begin, foreign=foreign), monkeypatch)
    desk = next(desks)
    charge = arm(desk, 0)
    desk.done(*words, stdin=PASSWORD)
    expected = document(desk)
    assert charge.count > 0
    for at in range(1, charge.count + 1):
        desk = next(desks)
        cut(desk, at, *words)
        again = desk(*words, stdin=PASSWORD)
        assert again.status == 0 or (again.status == over and at == charge.count), f"cut at {at}: {again.err}"
        assert document(desk) == expected, f"cut at change {at} of {charge.count}"


@pytest.mark.parametrize(
    ("name", "foreign"),
    [("image-only", False), ("create", True), ("start", False), ("regain", False), ("upgrade", False)],
)
def test_a_command_that_is_interrupted_anywhere_ends_with_130_and_is_mended_by_giving_it_again(
    monkeypatch: pytest.MonkeyPatch, name: str, *, foreign: bool
) -> None:
    begin, words, over = COMMANDS[name]
    desk = desk_for(monkeypatch, begin, foreign=foreign)
    count = arm(desk, 0)
    desk.done(*words, stdin=PASSWORD)
    expected = document(desk)
    for at in range(1, count.count + 1):
        desk = desk_for(monkeypatch, begin, foreign=foreign)
        charge = arm(desk, at)
        charge.interrupts = True
        assert desk(*words, stdin=PASSWORD).status == 130, f"interrupted at {at}"
        charge.at = 0
        again = desk(*words, stdin=PASSWORD)
        assert again.status == 0 or (again.status == over and at == count.count), f"interrupted at {at}: {again.err}"
        assert document(desk) == expected, f"interrupted at change {at} of {count.count}"


@pytest.mark.parametrize("name", ["install", "uninstall"])
def test_a_start_after_a_change_of_what_is_installed_was_cut_finds_all_of_it_or_nothing(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    begin, words, _ = COMMANDS[name]
    desks = copies(desk_for(monkeypatch, begin), monkeypatch)
    desk = next(desks)
    before = in_use(desk)
    charge = arm(desk, 0)
    desk.done(*words)
    after = in_use(desk)
    seen = []
    for at in range(1, charge.count + 1):
        desk = next(desks)
        cut(desk, at, *words)
        desk.done("start", "catstown")
        seen.append(in_use(desk))
        assert seen[-1] in (before, after), f"cut at change {at} of {charge.count}"
    assert (seen[0], seen[-1]) == (before, after)


def in_use(desk: Desk) -> dict[str, object]:
    """What is written in the source directory, and what the services that run CKAN have mounted."""
    spec = {name: each.spec for name, each in desk.engine.world.containers.items() if each.state == "running"}
    source = WORK / "catstown"
    return {
        "source": {name: desk.disk.read(source / name) for name in ("datacats.toml", "datacats.lock", "ckan.ini")},
        "mounted": {
            (name, mount.source) for name, each in spec.items() for mount in each.mounts if "layers" in mount.source
        },
        "there": {
            mount.source for each in spec.values() for mount in each.mounts if desk.disk.entry(Path(mount.source))
        },
        "change": desk.disk.entry(HOME / "catstown" / "change.json"),
    }


def one_off(desk: Desk, purpose: str) -> str:
    """Let a one-off container be left, as a run that was killed leaves it: it goes on with what it was told."""
    spec = desk.engine.world.containers["datacats_web_catstown"].spec
    marks = {key: value for key, value in spec.labels.items() if key != labels.SERVICE}
    left = replace(spec, name=f"left-{purpose}", ports=(), labels={**marks, labels.ONE_OFF: purpose})
    desk.engine.containers.create(left)
    desk.engine.containers.start(left.name)
    return left.name


def test_an_upgrade_that_goes_on_is_alone_with_the_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_for(monkeypatch, outdated)
    left, somebodys = one_off(desk, "upgrade"), one_off(desk, "command")
    desk.forget()
    desk.done("upgrade", "catstown")
    mutations = desk.engine.mutations
    assert mutations[0] == f"remove {left}"
    assert somebodys in desk.states()


def test_an_installation_is_alone_with_the_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_for(monkeypatch, extensible)
    left, somebodys = one_off(desk, "upgrade"), one_off(desk, "command")
    program, beside = desk.engine.world.program, list[set[str]]()

    def watched(call: Call) -> Outcome:
        if call.command == web.MIGRATE:
            beside.append({*desk.states()})
        return program(call)

    desk.engine.world.program = watched
    desk.done("install", "-e", "catstown", "ckanext-harvest")
    assert [(left in each, somebodys in each) for each in beside] == [(False, True)]


def test_a_rollback_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_for(monkeypatch, upgraded)
    desk.done("upgrade", "catstown", "--rollback")
    assert desk.site()["images"]["web"] == f"datacats/web:{OLD}"
    again = desk("upgrade", "catstown", "--rollback")
    assert (again.status, desk.site()["images"]["web"]) == (5, f"datacats/web:{OLD}")


def test_an_upgrade_that_was_cut_can_be_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_for(monkeypatch, outdated)
    cut(desk, 2, "upgrade", "catstown")
    assert desk.site()["phase"] == "upgrading"
    desk.done("upgrade", "catstown", "--rollback")
    assert desk.site()["images"]["web"] == f"datacats/web:{OLD}"


def test_a_rollback_that_was_cut_can_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_for(monkeypatch, upgraded)
    cut(desk, 2, "upgrade", "catstown", "--rollback")
    assert desk.site()["phase"] == "rolling back"
    ran = desk("start", "catstown")
    assert (ran.status, "datacats upgrade --rollback" in ran.err) == (5, True)
    desk.done("upgrade", "catstown")
    assert desk.site()["images"]["web"] == str(images_of("2.12").web)
