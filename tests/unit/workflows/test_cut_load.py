"""A load of a database that is cut off anywhere: no site is left on a database that the rest of it does not follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.services import web
from tests.support.desk import Desk
from tests.unit.workflows.test_cut import Facts, arm, copies, cut, desk_for, document, running

LOAD = ("db", "load", "-", "-e", "catstown")
WEB = "datacats_web_catstown"


@dataclass
class Server(Facts):
    """What PostgreSQL holds under each name, and which of it tables and search index follow."""

    held: dict[str, str] = field(default_factory=dict)
    migrated: str = "old"
    indexed: str = "old"
    refused: str = ""

    def __call__(self, call: Call) -> Outcome:
        outcome = super().__call__(call)
        if "load" in call.command:
            self.held[call.command[-2]] = "new"
        elif call.command == web.MIGRATE:
            if self.held["ckan"] == self.refused:
                return Outcome(1, stderr=b"no way")
            self.migrated = self.held["ckan"]
        elif call.command == web.REINDEX:
            self.indexed = self.held["ckan"]
        for words in statements(call.stdin.decode(errors="replace"), self.held):
            self._do(words)
        return outcome

    def _do(self, words: list[str]) -> None:
        if words[0] == "CREATE":
            self.held[words[2]] = ""
        elif words[0] == "DROP":
            self.held.pop(words[4], None)
        else:
            assert words[5] not in self.held, "PostgreSQL refuses a name that is taken"
            self.held[words[5]] = self.held.pop(words[2])


def statements(sql: str, held: dict[str, str]) -> Iterator[list[str]]:
    """Yield the words of each statement that makes, renames or drops a database; of a block, if what it asks for is."""

    def block(found: re.Match[str]) -> str:
        return found[2] if found[1] in held else ""

    sql = re.sub(r"(?s)DO \$\$ BEGIN IF EXISTS \(.*?'(\w+)'\) THEN(.*?)END IF; END \$\$;", block, sql)
    for line in sql.splitlines():
        if re.match("(CREATE|ALTER|DROP) DATABASE", line):
            yield line.rstrip(";").split()


def served(monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = desk_for(monkeypatch, running)
    desk.engine.world.program = Server(held={"ckan": "old", "datastore": "old"})
    return desk


def server(desk: Desk) -> Server:
    found = desk.engine.world.program
    assert isinstance(found, Server)
    return found


@pytest.mark.parametrize("name", ["ckan", "datastore"])
def test_a_load_that_is_cut_anywhere_is_mended_by_giving_it_again(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    words = LOAD if name == "ckan" else (*LOAD, "--datastore")
    desks = copies(served(monkeypatch), monkeypatch)
    desk = next(desks)
    charge = arm(desk, 0)
    desk.done(*words)
    expected, held = document(desk), {**dict.fromkeys(("ckan", "datastore"), "old"), name: "new"}
    assert server(desk).held == held
    for at in range(1, charge.count + 1):
        desk = next(desks)
        cut(desk, at, *words)
        desk.done(*words)
        site = server(desk)
        assert (site.held, site.migrated, site.indexed) == (held, held["ckan"], held["ckan"]), f"cut at {at}"
        if name == "ckan":
            assert document(desk) == expected, f"cut at change {at} of {charge.count}"


@pytest.mark.parametrize("verb", ["start", "reload"])
def test_a_start_after_a_load_that_was_cut_anywhere_finds_one_database_that_all_of_the_site_follows(
    monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    desks = copies(served(monkeypatch), monkeypatch)
    desk = next(desks)
    charge = arm(desk, 0)
    desk.done(*LOAD)
    seen = []
    for at in range(1, charge.count + 1):
        desk = next(desks)
        cut(desk, at, *LOAD)
        desk.done(verb, "catstown")
        site = server(desk)
        seen.append(site.held["ckan"])
        assert (site.migrated, site.indexed) == (seen[-1], seen[-1]), f"cut at change {at} of {charge.count}"
        assert (desk.site()["phase"], desk.states()[WEB]) == ("created", "running"), f"cut at {at}"
    assert (seen[0], seen[-1], sorted(seen, reverse=True)) == ("old", "new", seen)


@pytest.fixture
def half(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A site whose load was cut when the databases had changed names and nothing else had followed."""
    desks = copies(served(monkeypatch), monkeypatch)
    for at, desk in enumerate(desks, 1):
        cut(desk, at, *LOAD)
        if server(desk).held["ckan"] == "new":
            desk.forget()
            return desk
    raise AssertionError


def test_until_then_it_is_told_and_nothing_works_on_it(half: Desk) -> None:
    assert "(half loaded; carry on: datacats start" in half.done("info", "catstown").out
    assert "catstown is half loaded." in half("doctor", "catstown").out
    for words in (("db", "dump", "-", "-e"), ("ckan", "-e"), ("upgrade",), ("start", "--dry-run")):
        ran = half(*words, "catstown", *(["db", "version"] if words[0] == "ckan" else []))
        assert ran.status == 5, words
        assert "The database of catstown is half replaced: a load was interrupted." in ran.err
        assert "datacats start catstown" in ran.err
    assert half.changes() == []
    assert "now it is carried on" in half.done("start", "catstown").err
    assert "half" not in half("doctor", "catstown").out


def test_web_in_the_foreground_runs_on_what_was_carried_on_first(half: Desk) -> None:
    half.done("start", "-i", "catstown")
    assert (server(half).indexed, server(half).held) == ("new", {"ckan": "new", "datastore": "old"})


def test_where_ckan_refuses_what_was_loaded_the_old_database_comes_back(half: Desk) -> None:
    server(half).refused = "new"
    ran = half("start", "catstown")
    assert (ran.status, "no way" in ran.err) == (16, True)
    assert server(half).held["ckan"] == "old"
    assert half.states()[WEB] == "running"
    assert half.done("start", "catstown").out.startswith("Already running")


def test_another_dump_that_is_refused_after_that_leaves_the_database_from_before_both(half: Desk) -> None:
    server(half).refused = "new"
    assert half(*LOAD).status == 16
    assert (server(half).held["ckan"], half.states()[WEB]) == ("old", "running")
