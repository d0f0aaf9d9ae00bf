"""What others do between our look at the engine and our request to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from datacats.engine.fake_containers import FakeContainers
from datacats.engine.fake_disk import FakeDisk
from datacats.engine.fake_networks import FakeNetworks
from datacats.engine.fake_world import Call, Outcome, quiet
from datacats.errors import AddressTaken, DiskError
from datacats.model.derived_port import derived_port
from datacats.model.image import ROLES, ImageRef
from datacats.model.observed import ContainerSeen
from datacats.model.service import NetworkSpec
from datacats.services import probe
from tests.support.desk import HOME, WORK, Desk
from tests.support.index import Index

LATE = "datacats_solr_catstown"


def hide_once(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a container that is being made appear only at the second look."""
    shown = FakeContainers.list
    hidden = [name]

    def look(self: FakeContainers, *, name: str = "", label: str = "") -> tuple[ContainerSeen, ...]:
        found = shown(self, name=name, label=label)
        if hidden and any(each.name == hidden[0] for each in found):
            late = hidden.pop()
            return tuple(each for each in found if each.name != late)
        return found

    monkeypatch.setattr(FakeContainers, "list", look)


def test_a_container_that_an_interrupted_run_asked_for_is_taken_over_when_it_appears(
    catstown: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = catstown.engine.world.container(LATE).id
    hide_once(monkeypatch, LATE)
    catstown.done("start", "catstown")
    assert catstown.engine.world.container(LATE).id == identity
    assert set(catstown.states().values()) == {"running"}


def test_a_strangers_container_that_appears_is_refused(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    catstown.engine.world.container(LATE).spec.labels.clear()  # type: ignore[attr-defined]
    hide_once(monkeypatch, LATE)
    ran = catstown("start", "catstown")
    assert ran.status == 5
    assert "was not made by datacats" in ran.err


@pytest.fixture
def others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Subnets that another data root takes just before we do; each is taken once."""
    wanted: list[str] = []
    make = FakeNetworks.create

    def create(self: FakeNetworks, spec: NetworkSpec) -> None:
        if wanted and wanted[0].startswith("back") == spec.internal:
            subnet = wanted.pop().removeprefix("back ")
            desk.engine.world.networks["others"] = NetworkSpec("others", subnet, internal=False)
        make(self, spec)

    monkeypatch.setattr(FakeNetworks, "create", create)
    return wanted


def test_a_subnet_that_another_data_root_takes_meanwhile_is_given_up_for_the_next(
    desk: Desk, others: list[str]
) -> None:
    desk.create("birdland")
    desk.done("purge", "birdland", "-y")
    others.append("10.213.0.0/24")
    ran = desk.done("create", "catstown")
    assert desk.site()["subnets"] == ["10.213.1.0/27", "10.213.1.32/27"]
    assert "A subnet of primary is taken by now; it gets 10.213.1.0/27 and 10.213.1.32/27." in ran.err
    assert {spec.subnet for name, spec in desk.engine.world.networks.items() if "catstown" in name} == {
        "10.213.1.0/27",
        "10.213.1.32/27",
    }
    desk.forget()
    assert desk.done("start", "catstown").out.startswith("Already running")
    assert desk.changes() == []


@pytest.mark.parametrize("which", ["", "back "])
def test_a_template_too_gives_way_to_another_data_root(desk: Desk, others: list[str], which: str) -> None:
    others.append(f"{which}10.213.0.0/24")
    assert desk.done("create", "catstown").out.startswith("catstown is ready")
    assert sorted(desk.engine.world.networks) == ["datacats_back_catstown", "datacats_front_catstown", "others"]


def test_a_start_finds_other_subnets_for_networks_that_are_gone(catstown: Desk, others: list[str]) -> None:
    catstown.done("stop", "catstown")
    catstown.engine.world.networks.clear()
    others.append("10.213.0.0/24")
    catstown.done("start", "catstown")
    assert catstown.site()["subnets"] == ["10.213.1.0/27", "10.213.1.32/27"]
    assert set(catstown.states().values()) == {"running"}


PORT = derived_port("catstown")


def lose(desk: Desk, port: int) -> None:
    """Let somebody take a port."""
    desk.http.taken[port] = "nginx (pid 7)"
    desk.engine.world.taken.add(port)


def lose_at_start(desk: Desk, port: int) -> None:
    """Let somebody take a port while the backing services start."""

    def program(call: Call) -> Outcome:
        if call.container == "datacats_redis_catstown":
            lose(desk, port)
        return quiet(call) if call.container.startswith("datacats_") else Outcome(0)

    desk.engine.world.program = program


@pytest.mark.parametrize(
    "words", ["start catstown", "reload catstown", "tweak --new-secrets catstown", "db load - -e catstown"]
)
def test_a_port_that_somebody_took_while_the_site_was_stopped_is_told_with_holder_and_way_out(
    catstown: Desk, words: str
) -> None:
    catstown.done("stop", "catstown")
    lose(catstown, PORT)
    ran = catstown(*words.split(), stdin=b"PGDMP")
    assert ran.status == 13
    assert ran.err.splitlines()[-3:] == [
        f"Error: Port {PORT} on 127.0.0.1 is taken by nginx (pid 7).",
        "It happened while: start datacats_web_catstown",
        f"Next: Stop that, or give the site another port: datacats start catstown {PORT + 1}",
    ]
    catstown.done("start", "catstown", str(PORT + 1))
    assert catstown.site()["port"] == PORT + 1
    assert catstown.disk.entry(HOME / "catstown") is not None


def test_a_port_of_a_debugger_that_somebody_took_is_told_too(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--debugger")
    catstown.done("stop", "catstown")
    lose(catstown, PORT + 1000)
    catstown.http.taken[PORT + 1] = "httpd"
    ran = catstown("start", "catstown")
    assert (ran.status, f"Error: Port {PORT + 1000} on 127.0.0.1 is taken by nginx (pid 7)." in ran.err) == (13, True)
    assert ran.err.splitlines()[-1].endswith(f": datacats start catstown {PORT + 2}")


def test_a_derived_port_that_is_lost_before_web_has_it_is_given_up_for_the_next(desk: Desk) -> None:
    lose_at_start(desk, PORT)
    ran = desk.done("create", "catstown")
    assert f"Port {PORT} is taken by now by nginx (pid 7); the site gets {PORT + 1}." in ran.err
    assert f"http://127.0.0.1:{PORT + 1}/" in ran.out
    assert desk.engine.world.container("datacats_web_catstown").spec.ports[0].port == PORT + 1
    desk.forget()
    assert desk.done("start", "catstown").out.startswith("Already running")


def test_a_derived_port_that_was_lost_while_a_site_was_half_made_is_given_up_for_the_next(desk: Desk) -> None:
    desk.engine.world.failures["start datacats_web_catstown"] = AddressTaken("Somebody has it.")
    assert desk("create", "catstown").status == 13
    desk.engine.world.failures.clear()
    lose(desk, desk.site()["port"])
    desk.done("create", "catstown")
    assert desk.site()["port"] not in desk.engine.world.taken


def test_a_chosen_port_that_is_lost_is_told_and_stays_chosen(desk: Desk) -> None:
    lose_at_start(desk, 5001)
    for words in (("create", "catstown", "5001"), ("create", "catstown")):
        ran = desk(*words)
        assert (ran.status, desk.site()["port"]) == (13, 5001)
        assert ran.err.splitlines()[-3:] == [
            "Error: Port 5001 on 127.0.0.1 is taken by nginx (pid 7).",
            "It happened while: start datacats_web_catstown",
            f"Next: Stop that, or give the site another port: datacats create {WORK}/catstown 5002",
        ]
    desk.done("create", WORK / "catstown", "5002")
    assert desk.site()["port"] == 5002


def test_a_chosen_port_that_is_taken_already_is_told_with_a_whole_command(desk: Desk) -> None:
    lose(desk, 5001)
    ran = desk("create", "catstown", "5001")
    assert ran.status == 13
    assert ran.err.splitlines()[-1] == f"Next: Stop that, or choose another one: datacats create {WORK}/catstown 5002"


@pytest.mark.parametrize("way", ["free", "other"])
def test_an_upgrade_whose_site_lost_its_port_is_carried_on_with_once_it_is_free_or_with_another(
    behind: Desk, way: str
) -> None:
    behind.done("stop", "catstown")
    lose(behind, PORT)
    ran = behind("upgrade", "catstown")
    assert (ran.status, behind.site()["phase"]) == (13, "upgrading")
    assert f"Port {PORT} on 127.0.0.1 is taken by nginx (pid 7)." in ran.err
    wanted = f"datacats upgrade catstown {PORT + 1}"
    assert ran.err.splitlines()[-1] == f"Next: Stop that, or give the site another port: {wanted}"
    if way == "free":
        behind.engine.world.taken.clear()
        behind.http.taken.clear()
    words = ("upgrade", "catstown") if way == "free" else tuple(wanted.split()[1:])
    assert f"web's port is {words[-1] if way == 'other' else PORT}" in behind.done(*words, "--dry-run").out
    assert "Running at http" in behind.done(*words).out
    assert (behind.site()["phase"], behind.states()["datacats_web_catstown"]) == ("created", "running")
    assert behind.site()["port"] == PORT + (way == "other")


def test_an_upgrade_to_nothing_newer_changes_no_port(catstown: Desk) -> None:
    catstown.forget()
    for more in ((), ("--dry-run",)):
        ran = catstown("upgrade", "catstown", "5001", *more)
        assert (ran.status, ran.err.splitlines()[-1]) == (5, "Next: Give it the port: datacats start catstown 5001")
    assert catstown.changes() == []


Meanwhile = list[Callable[[], object]]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """What others do while the next command waits for the environment's lock; each is done once."""
    actions: Meanwhile = []
    lock = FakeDisk.lock

    def waited(self: FakeDisk, path: Path, what: str, *, wait: float, **tell: Any) -> AbstractContextManager[None]:
        if actions and path == HOME / "catstown" / "lock":
            actions.pop()()
        return lock(self, path, what, wait=wait, **tell)

    monkeypatch.setattr(FakeDisk, "lock", waited)
    return actions


@pytest.fixture
def behind(catstown: Desk) -> Desk:
    """A site that runs on older images."""
    record = catstown.site()
    for role in ROLES:
        record["images"][role] += "-old"
        catstown.engine.world.add_image(ImageRef.parse(record["images"][role]))
    catstown.disk.add(HOME / "catstown" / "sites" / "primary" / "site.json", json.dumps(record).encode(), mode=0o600)
    catstown.done("start", "catstown")
    return catstown


@pytest.mark.parametrize(
    "words",
    [
        "ckan -e catstown user list",
        "run -e catstown env",
        "psql -e catstown",
        "db dump - -e catstown",
        "db load - -e catstown",
        "files export - -e catstown",
        "files import - -e catstown",
        "demo-data catstown",
        "tweak --admin-password-stdin catstown",
        "tweak --new-secrets catstown",
        "service remove worker -e catstown",
        "link dogsville -e catstown",
        "start catstown",
        "start catstown 5001",
        "start -i catstown",
        "spare catstown",
    ],
)
def test_who_waited_for_an_upgrade_works_on_the_site_as_it_is_then(
    behind: Desk, meanwhile: Meanwhile, words: str
) -> None:
    behind.create("dogsville")
    used: set[str] = set()

    def program(call: Call) -> Outcome:
        used.add(str(behind.engine.world.container(call.container).spec.image))
        return quiet(call) if call.container.startswith("datacats_") else Outcome(0)

    def upgrade() -> None:
        behind.done("upgrade", "catstown")
        behind.engine.world.program = program

    meanwhile.append(upgrade)
    behind.done(*words.split(), stdin=b"correct horse\n")
    there = {str(each.spec.image) for name, each in behind.engine.world.containers.items() if "catstown" in name}
    assert [image for image in used | there if image.endswith("-old")] == []
    assert (behind.site()["phase"], [image for image in behind.site()["images"].values() if "-old" in image]) == (
        "created",
        [],
    )


def test_nobody_comes_between_a_load_and_what_it_made_ready(catstown: Desk) -> None:
    catstown.done("db", "load", "-", "-e", "catstown", stdin=b"PGDMP")
    assert catstown.disk.locked.count(HOME / "catstown" / "lock") == 1


def test_a_site_that_was_left_half_made_meanwhile_is_refused(catstown: Desk, meanwhile: Meanwhile) -> None:
    path = HOME / "catstown" / "sites" / "primary" / "site.json"
    record = {**catstown.site(), "phase": "upgrading"}
    meanwhile.append(lambda: catstown.disk.add(path, json.dumps(record).encode()))
    ran = catstown("psql", "-e", "catstown")
    assert (ran.status, "Carry on with: datacats upgrade" in ran.err) == (5, True)


def test_of_two_installations_at_once_neither_undoes_the_other(desk: Desk, meanwhile: Meanwhile) -> None:
    desk.create("catstown", "--bare")
    index = Index(desk)
    index.add("ckanext-scheming", "3.1.0", scheming_datasets="ckanext.scheming.plugins:Datasets")
    index.add("ckanext-pages", "0.5", pages="ckanext.pages.plugin:Pages")
    desk.engine.world.program = index.program
    meanwhile.append(lambda: desk.done("install", "-e", "catstown", "ckanext-scheming"))
    desk.done("install", "-e", "catstown", "ckanext-pages")
    text = desk.disk.read(WORK / "catstown" / "datacats.toml").decode()
    assert ("ckanext-scheming" in text, "ckanext-pages" in text) == (True, True)


def test_a_service_that_was_switched_on_meanwhile_stays_on(catstown: Desk, meanwhile: Meanwhile) -> None:
    catstown.create("dogsville")
    catstown.done("service", "remove", "worker", "-e", "catstown")
    meanwhile.append(lambda: catstown.done("service", "add", "worker", "-e", "catstown"))
    catstown.done("link", "dogsville", "-e", "catstown")
    assert catstown.states()["datacats_worker_catstown"] == "running"


def test_a_name_that_another_data_root_takes_while_a_site_is_made_is_told_with_what_takes_away_what_was_begun(
    catstown: Desk,
) -> None:
    mine = catstown.neighbour()
    containers, networks = mine.engine.world.containers, mine.engine.world.networks
    their_containers, their_networks = dict(containers), dict(networks)
    containers.clear()
    networks.clear()

    def taken(call: Call) -> Outcome:
        if "migrate.py" in " ".join(call.command):
            containers.update(their_containers)
            networks.update(their_networks)
        return quiet(call)

    mine.engine.world.program = taken
    for _ in range(2):
        ran = mine("create", "catstown")
        assert ran.status == 5
        assert "belongs to the data root /home/me/.datacats" in ran.err
        assert "What was begun here under that name goes with: datacats purge -s primary catstown" in ran.err
    mine.done("purge", "-s", "primary", "catstown", "-y")
    assert mine.disk.entry(Path("/home/you/.datacats/catstown")) is None
    assert {*their_containers} <= {*catstown.states()}


def test_volumes_of_another_data_root_are_seen_before_anything_is_made(desk: Desk) -> None:
    def foreign(call: Call) -> Outcome:
        return Outcome(probe.FOREIGN) if f"/{probe.OWN})" in "".join(call.command) else quiet(call)

    desk.engine.world.program = foreign
    desk.create("catstown")
    other = desk.neighbour()
    other.create("dogville")
    desk.engine.world.containers.clear()
    desk.engine.world.networks.clear()
    ran = other("create", "catstown")
    assert ran.status == 5
    assert "The volume datacats_" in ran.err
    assert other.disk.entry(WORK / "catstown") is None


def test_what_was_purged_while_a_command_waited_for_it_is_told_so(
    catstown: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = catstown.disk.lock

    def after_the_purge(path: Path, what: str, **keywords: Any) -> AbstractContextManager[None]:
        if path == HOME / "catstown" / "lock":
            catstown.disk.tree.remove(HOME / "catstown")
            raise DiskError(f"{path} cannot be locked: no such file or directory.")
        return lock(path, what, **keywords)

    monkeypatch.setattr(catstown.disk, "lock", after_the_purge)
    ran = catstown("reload", "catstown")
    assert ran.status == 4
    assert ran.err.splitlines()[-2:] == [
        "Error: The environment catstown was purged at this moment.",
        f"Next: Make it anew: datacats init {WORK / 'catstown'}",
    ]
