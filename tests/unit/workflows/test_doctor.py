"""What doctor makes of its checks: it goes on whatever is wrong, and mends only what is still so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datacats.errors import EngineUnreachable, NotFound
from datacats.model import labels
from datacats.model.event import Event, Said
from datacats.model.finding import Finding, HaveImages, Severity
from datacats.model.plan import Plan, RemoveTree
from datacats.model.ports import Completed
from datacats.workflows import doctor as room
from datacats.workflows import images
from datacats.workflows.checks.entry import Entry
from datacats.workflows.doctor import CHECKS, Report, doctor, examine
from tests.unit.workflows.checks.scene import HOME, LABELS, Scene

MAKING = HOME / "_templates" / "abc.making"


def broken(scene: Scene) -> Scene:
    scene.disk.make_directory(MAKING, 0o700)
    return scene


def severities(findings: tuple[Finding, ...], name: str) -> list[Severity]:
    return [each.severity for each in findings if each.check == name]


def test_every_check_says_something_about_a_healthy_place() -> None:
    found = examine(Scene().facts)
    assert list(dict.fromkeys(each.check for each in found)) == [entry.name for entry in CHECKS]
    assert Report(found).healthy


def test_without_an_engine_that_is_an_error_and_all_that_needs_none_is_looked_at() -> None:
    scene = Scene()
    scene.engine.world.failures["info"] = EngineUnreachable("gone", "Start it.")
    scene.chmod(HOME, 0o755)
    found = examine(scene.facts)
    assert not Report(found).healthy
    assert severities(found, "engine") == [Severity.ERROR]
    assert severities(found, "access") == [Severity.WARNING]
    assert severities(found, "files") == [Severity.OK]
    for entry in CHECKS:
        if entry.needs_engine:
            assert severities(found, entry.name) == [Severity.NOTE]


def test_a_check_that_cannot_be_made_is_an_error_of_its_own_and_the_others_go_on() -> None:
    scene = Scene()
    scene.env["DATACATS_SUBNETS"] = "cats"
    found = examine(scene.facts)
    assert severities(found, "subnets") == [Severity.ERROR]
    assert severities(found, "leftovers") == [Severity.OK]


def test_notes_and_warnings_are_no_errors() -> None:
    def report(severity: Severity) -> Report:
        return Report((Finding("x", severity, "y"),))

    assert [report(each).healthy for each in Severity] == [True, True, True, False]


def test_an_environment_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound, match="nowhere"):
        doctor(Scene().facts.about("nowhere"))


def test_nothing_is_changed_unless_asked() -> None:
    scene = broken(Scene())
    scene.disk.changes.clear()
    assert severities(doctor(scene.facts).findings, "leftovers") == [Severity.WARNING]
    assert (scene.disk.changes, scene.engine.mutations) == ([], [])


def test_what_is_mended_is_told_and_is_gone() -> None:
    scene = broken(Scene())
    report = doctor(scene.facts, fix=True)
    assert [each.check for each in report.mended] == ["leftovers"]
    assert severities(report.findings, "leftovers") == [Severity.OK]
    assert scene.disk.entry(MAKING) is None
    assert HOME / "_locks" / "template-abc" in scene.disk.locked


def test_what_changed_meanwhile_is_not_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    scene.hold("datacats_web_gone", labels={**LABELS, labels.ENVIRONMENT: "gone"})
    look = room.examine

    def create_meanwhile(facts: Any) -> tuple[Finding, ...]:
        found = look(facts)
        scene.disk.make_directory(HOME / "gone", 0o700)
        return found

    monkeypatch.setattr(room, "examine", create_meanwhile)
    before = list(scene.engine.mutations)
    doctor(scene.facts, fix=True)
    assert scene.engine.mutations == before


def test_a_lock_that_somebody_takes_meanwhile_is_no_failure_of_the_rest() -> None:
    scene = broken(Scene())
    scene.hold("datacats_web_gone", labels={**LABELS, labels.ENVIRONMENT: "gone"})
    scene.disk.holders[HOME / "_locks" / "root"] = "datacats create"
    told: list[Event] = []
    report = doctor(scene.facts, told.append, fix=True)
    assert scene.disk.entry(MAKING) is None
    assert severities(report.findings, "leftovers") == [Severity.WARNING]
    assert any(isinstance(each, Said) and "datacats create" in each.text for each in told)


def test_a_fix_that_fails_is_told_with_its_reason() -> None:
    scene = Scene()
    scene.chmod(HOME, 0o755)
    scene.disk.programs["chmod"] = Completed(1, b"", b"not permitted")
    told: list[Event] = []
    report = doctor(scene.facts, told.append, fix=True)
    assert report.mended == ()
    assert [each.text for each in told if isinstance(each, Said)] == [
        f"{HOME} has the mode 755. It could not be mended: chmod ended with status 1."
    ]


def test_a_fix_that_changed_nothing_is_not_told_to_have_mended() -> None:
    scene = Scene()
    scene.chmod(HOME, 0o755)
    scene.disk.programs["chmod"] = Completed(0)
    report = doctor(scene.facts, fix=True)
    assert (report.mended, severities(report.findings, "access")) == ((), [Severity.WARNING])


def test_missing_images_are_had_again(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Finding("images", Severity.ERROR, "missing", mend=HaveImages("2.12"))
    monkeypatch.setattr(room, "CHECKS", (Entry("images", lambda _facts: (missing,)),))
    asked: list[str] = []
    monkeypatch.setattr(images, "ensure", lambda _workspace, ckan, _events: asked.append(ckan))
    doctor(Scene().facts, fix=True)
    assert asked == ["2.12.0"]


def test_a_plan_without_a_lock_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = broken(Scene())
    found = Finding("x", Severity.WARNING, "y", mend=Plan.of([RemoveTree(MAKING, cause="z")]))
    monkeypatch.setattr(room, "CHECKS", (Entry("x", lambda _facts: (found,)),))
    doctor(scene.facts, fix=True)
    assert (scene.disk.entry(MAKING), scene.disk.locked) == (None, [])


def test_a_look_at_the_host_finds_an_environment_by_its_path() -> None:
    scene = Scene()
    facts = scene.facts.about("src/catstown")
    assert facts.data.names == ("catstown",)
    assert facts.cwd == Path("/")
