from __future__ import annotations

from datacats.errors import EngineTooOld, EngineUnreachable
from datacats.model.finding import Severity
from datacats.workflows.checks import engine
from tests.unit.workflows.checks.scene import Scene


def test_an_engine_that_answers_is_named_with_its_address_and_how_that_was_found() -> None:
    (found,) = engine.check(Scene().facts)
    assert found.severity is Severity.OK
    assert "20.10.24" in found.what
    assert "/run/fake.sock (given)" in found.what


def test_a_rootless_engine_is_called_so() -> None:
    scene = Scene()
    scene.engine.world.security = ("name=rootless",)
    (found,) = engine.check(scene.facts)
    assert "rootless Docker Engine" in found.what


def test_an_engine_that_does_not_answer_is_an_error_with_its_address_and_the_fix() -> None:
    scene = Scene()
    scene.engine.world.failures["info"] = EngineUnreachable("Nobody is there.", "Start it.")
    (found,) = engine.check(scene.facts)
    assert found.severity is Severity.ERROR
    assert (found.what, found.fix) == ("Nobody is there.", "Start it.")
    assert "/run/fake.sock (given)" in found.why


def test_an_engine_that_refuses_our_version_is_an_error() -> None:
    scene = Scene()
    scene.engine.world.failures["info"] = EngineTooOld("Too old.", "Install another.")
    (found,) = engine.check(scene.facts)
    assert (found.severity, found.fix) == (Severity.ERROR, "Install another.")
