"""What serves while what is installed changes, and what an interruption or a failure leaves of that."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.errors import EngineError
from datacats.store import ckan_ini
from tests.cli.test_install import LAYER, SOURCE, index, mounted, plugins, text
from tests.support.desk import HOME, Desk
from tests.support.index import Index

__all__ = ["index"]

WEB, WORKER, SPARE = (f"datacats_{each}_catstown" for each in ("web", "worker", "spare"))
RUN = HOME / "catstown" / "sites" / "primary" / "run"
CHANGE = HOME / "catstown" / "change.json"


def when_placed(desk: Desk, path: Path, then: Callable[[], object]) -> None:
    """Have something happen right before a file is placed."""
    real = desk.disk.place

    def place(at: Path, *words: Any) -> None:
        if at == path:
            then()
        real(at, *words)

    desk.disk.place = place  # type: ignore[method-assign,assignment]


def running(desk: Desk) -> set[str]:
    return {name for name, state in desk.states().items() if state == "running"}


def test_nothing_follows_the_new_ini_until_the_new_web_takes_over(index: Index) -> None:
    desk, seen = index.desk, list[set[str]]()
    desk.done("spare", "catstown")
    when_placed(desk, SOURCE / "ckan.ini", lambda: seen.append(running(desk)))
    desk.forget()
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert seen == [{f"datacats_{each}_catstown" for each in ("postgres", "solr", "redis", "mail")}]
    changes = desk.engine.mutations
    assert changes.index(f"stop {WORKER}") < changes.index(f"remove {WEB}"), "the page waits for no job"
    assert {WEB, WORKER} <= running(desk)


def test_what_serves_is_not_touched_while_ckan_is_proven_to_start(index: Index) -> None:
    desk, seen = index.desk, list[tuple[set[str], bytes, bytes]]()

    def there() -> tuple[set[str], bytes, bytes]:
        return running(desk), desk.disk.read(SOURCE / "ckan.ini"), desk.disk.read(RUN / "web" / "ckan.ini")

    before = there()

    def program(call: Call) -> Outcome:
        if "migrate.py" in " ".join(call.command):
            desk.engine.world.containers.pop(call.container, None)
            seen.append(there())
        return index.program(call)

    desk.engine.world.program = program
    desk.done("install", "-e", "catstown", "ckanext-xloader")
    assert seen == [before]


def test_it_is_proven_with_the_ini_the_layer_and_the_private_files_that_are_to_come(index: Index) -> None:
    desk, seen = index.desk, list[dict[str, str]]()

    def program(call: Call) -> Outcome:
        if "migrate.py" in " ".join(call.command):
            mounts = desk.engine.world.container(call.container).spec.mounts
            seen.append({mount.target: mount.source for mount in mounts})
            assert all(mount.read_only for mount in mounts if mount.target.startswith(("/project", "/run")))
            assert "xloader" in ckan_ini.plugins(desk.disk.read(Path(seen[-1]["/project/ckan.ini"])))
            assert b"ckanext.xloader.jobs_db.uri" in desk.disk.read(Path(seen[-1]["/run/datacats"]) / "ckan.ini")
        return index.program(call)

    desk.engine.world.program = program
    desk.done("install", "-e", "catstown", "ckanext-xloader")
    assert [each["/usr/lib/extensions"] for each in seen] == [mounted(desk)]
    assert desk.disk.names(RUN) == ("redis", "web"), "what was made for it is gone"
    assert "/project/ckan.ini" not in {mount.target for mount in desk.engine.world.container(WEB).spec.mounts}


def test_a_site_in_production_serves_until_its_web_is_replaced(index: Index) -> None:
    desk, seen = index.desk, list[set[str]]()
    desk.done("start", "catstown", "--production")
    when_placed(desk, SOURCE / "ckan.ini", lambda: seen.append(running(desk)))
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert {WEB, WORKER} <= seen[0]


def test_releases_that_change_no_setting_let_the_worker_end_its_job_after_the_page_is_back(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    index.add("ckanext-scheming", "3.2.0", scheming_datasets="ckanext.scheming.plugins:Datasets")
    desk.forget()
    desk.done("install", "-e", "catstown", "--upgrade")
    changes = desk.engine.mutations
    assert changes.index(f"start {WEB}") < changes.index(f"stop {WORKER}")


def test_every_site_that_runs_is_set_aside_before_the_ini_that_they_share_changes(index: Index) -> None:
    desk, seen = index.desk, list[set[str]]()
    desk.done("init", "catstown", "-s", "second", "--admin-password-stdin", stdin=b"correct horse\n")
    when_placed(desk, SOURCE / "ckan.ini", lambda: seen.append(running(desk)))
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert not {WEB, "datacats_web_catstown_second"} & seen[0]
    assert {WEB, "datacats_web_catstown_second"} <= running(desk)


def test_what_is_installed_is_laid_anew_beside_what_serves(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    layer = Path(mounted(desk))

    def program(call: Call) -> Outcome:
        if call.command[-1] == "lay":
            assert desk.disk.names(layer)
        return index.program(call)

    desk.engine.world.program = program
    ran = desk.done("install", "-e", "catstown", "--clean")
    assert ran.lines == ["Installed: ckanext-scheming 3.1.0 (1 package)"]
    for service in ("web", "worker"):
        assert desk.disk.names(Path(mounted(desk, service)))
        assert Path(mounted(desk, service)) != layer
    assert desk.disk.names(LAYER) == (Path(mounted(desk)).name,)


def test_laying_it_anew_again_and_again_works_and_nothing_lags(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    names = [mounted(desk)]
    for _ in range(3):
        desk.done("install", "-e", "catstown", "--clean")
        names.append(mounted(desk))
        assert "Install it" not in desk.done("start", "catstown").err
    assert names[:2] * 2 == names
    assert names[0] != names[1]
    assert desk.done("install", "-e", "catstown").lines == ["Nothing to do."]
    assert mounted(desk) == names[-1]


def test_packages_that_cannot_be_laid_anew_leave_what_serves(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    layer, web = Path(mounted(desk)), desk.engine.world.container(WEB).id
    index.unlaid = "error: Failed to build `x`"
    assert desk("install", "-e", "catstown", "--clean").status == 16
    assert desk.disk.names(layer)
    assert desk.engine.world.container(WEB).id == web
    index.unlaid = ""
    desk.done("install", "-e", "catstown", "--clean")
    assert desk.disk.names(LAYER) == (Path(mounted(desk)).name,)


def test_a_web_that_does_not_come_up_brings_all_back(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-odd")
    before = {name: text(desk, name) for name in ("ckan.ini", "datacats.toml", "datacats.lock")}
    layer, seen = mounted(desk), list[str]()

    def change() -> None:
        failures = desk.engine.world.failures
        failures.clear()
        if not seen:
            failures[f"start {WEB}"] = EngineError("The cat is out.", "Call it.")
        seen.append("placed")

    when_placed(desk, CHANGE, change)
    ran = desk("install", "-e", "catstown", "ckanext-scheming")
    assert (ran.status != 0, "The cat is out." in ran.err, "Nothing was changed." in ran.err) == (True, True, True)
    assert {name: text(desk, name) for name in before} == before
    assert (mounted(desk), desk.states()[WEB], desk.states()[WORKER]) == (layer, "running", "running")
    assert desk.disk.names(LAYER) == (Path(layer).name,)
    assert desk.disk.entry(CHANGE) is None


def test_where_even_that_fails_the_next_start_finds_the_old_settings(index: Index) -> None:
    desk = index.desk
    before = text(desk, "ckan.ini")
    desk.engine.world.failures[f"start {WEB}"] = EngineError("The cat is out.", "Call it.")
    assert desk("install", "-e", "catstown", "ckanext-scheming").status != 0
    desk.engine.world.failures.clear()
    assert (text(desk, "ckan.ini"), desk.disk.entry(CHANGE)) == (before, None)
    desk.done("start", "catstown")
    assert (mounted(desk), desk.states()[WEB]) == ("", "running")


class Cut(BaseException):
    """The process is gone."""


@pytest.fixture
def interrupted(index: Index) -> Index:
    """An installation that was killed right before the source's ``ckan.ini`` was written; nothing serves."""
    desk = index.desk
    real = desk.disk.place

    def cut() -> None:
        raise Cut

    when_placed(desk, SOURCE / "ckan.ini", cut)
    with pytest.raises(Cut):
        desk("install", "-e", "catstown", "ckanext-scheming")
    desk.disk.place = real  # type: ignore[method-assign]
    assert WEB not in desk.states()
    return index


def test_the_same_command_again_tells_what_the_first_would_have_told(interrupted: Index) -> None:
    interrupted.ran.clear()
    ran = interrupted.desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert "A change of what is installed in catstown was interrupted; now it is carried on." in ran.err
    assert ran.lines == [
        "Enabled in ckan.ini: scheming_datasets",
        "Installed: ckanext-scheming 3.1.0 (1 package)",
    ]
    assert interrupted.ran == []
    assert running(interrupted.desk) >= {WEB, WORKER}


@pytest.mark.parametrize(
    "words", [("start", "catstown"), ("reload", "catstown"), ("install", "-e", "catstown", "plain")]
)
def test_another_command_carries_on_first(interrupted: Index, words: tuple[str, ...]) -> None:
    desk = interrupted.desk
    desk.done(*words)
    assert plugins(desk)[-1] == "scheming_datasets"
    assert "ckanext-scheming==3.1.0" in text(desk, "datacats.lock")
    assert running(desk) >= {WEB, WORKER}
    assert desk.disk.entry(CHANGE) is None


def test_web_in_the_foreground_runs_on_what_was_carried_on_first(interrupted: Index) -> None:
    desk, seen = interrupted.desk, list[tuple[str, str]]()

    def program(call: Call) -> Outcome:
        if "datacats-serve" not in call.command:
            return interrupted.program(call)
        seen.append((plugins(desk)[-1], mounted(desk)))
        return Outcome(0)

    desk.engine.world.program = program
    desk.done("start", "-i", "catstown")
    assert seen == [("scheming_datasets", mounted(desk, "worker"))]
    assert (mounted(desk, "worker") != "", desk.disk.entry(CHANGE)) == (True, None)


@pytest.mark.parametrize(("word", "steps"), [("ckanext-scheming", 1), ("plain", 2)])
def test_a_dry_run_says_that_it_would_carry_on_and_does_not(interrupted: Index, word: str, steps: int) -> None:
    desk = interrupted.desk
    desk.forget()
    ran = desk.done("install", "-e", "catstown", word, "--dry-run")
    assert (len(ran.lines), "carry on with the change" in ran.lines[0]) == (steps, True)
    assert desk.changes() == []


def test_what_somebody_wrote_since_is_kept(interrupted: Index) -> None:
    desk = interrupted.desk
    mine = text(desk, "ckan.ini") + "\n# mine\n"
    desk.disk.add(SOURCE / "ckan.ini", mine.encode())
    desk.done("start", "catstown")
    assert text(desk, "ckan.ini") == mine
    assert "ckanext-scheming" in text(desk, "datacats.toml")


def test_a_site_that_is_gone_since_is_not_missed(index: Index) -> None:
    desk = index.desk
    desk.done("init", "catstown", "-s", "second", "--admin-password-stdin", stdin=b"correct horse\n")
    real = desk.disk.place

    def cut() -> None:
        raise Cut

    when_placed(desk, SOURCE / "ckan.ini", cut)
    with pytest.raises(Cut):
        desk("install", "-e", "catstown", "ckanext-scheming")
    desk.disk.place = real  # type: ignore[method-assign]
    desk.done("purge", "catstown", "-s", "second", "-y")
    desk.done("start", "catstown")
    assert (plugins(desk)[-1], desk.states()[WEB]) == ("scheming_datasets", "running")


def test_an_installation_that_finds_all_in_place_brings_up_what_a_cut_left(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    desk.engine.world.containers.pop(desk.engine.world.container(WORKER).name)
    assert desk.done("install", "-e", "catstown").lines != ["Nothing to do."]
    assert WORKER in running(desk)


@pytest.mark.parametrize("verb", ["install", "uninstall"])
def test_a_running_site_has_its_spare_made_anew(index: Index, verb: str) -> None:
    desk = index.desk
    launch = (sys.executable, "-m", "datacats", "spare", "-q", "-s", "primary", "catstown")
    if verb == "uninstall":
        desk.done("install", "-e", "catstown", "ckanext-scheming")
    desk.done("spare", "catstown")
    desk.disk.launched.clear()
    desk.done(verb, "-e", "catstown", "ckanext-scheming")
    assert SPARE not in desk.states()
    assert desk.disk.launched == [launch]
