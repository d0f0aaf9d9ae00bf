from __future__ import annotations

from datacats.engine.fake import Call, Outcome
from datacats.errors import EngineUnreachable
from datacats.model.finding import Severity
from datacats.model.ports import Completed
from datacats.workflows.checks import resolution
from tests.unit.workflows.checks.scene import Scene


def test_names_that_resolve_are_well() -> None:
    scene = Scene()
    scene.run_web()
    (found,) = resolution.check(scene.facts)
    assert found.severity is Severity.OK


def test_what_settings_name_is_looked_up_and_addresses_are_not() -> None:
    env = {
        "HTTPS_PROXY": "http://user:secret@proxy.example.org:3128",
        "DATACATS_REGISTRY": "registry.example.org:5000/cats",
        "PIP_INDEX_URL": "https://index.example.org/simple",
        "http_proxy": "http://10.0.0.1:3128",
        "UV_INDEX_URL": "",
    }
    assert resolution.configured(env) == {"proxy.example.org", "registry.example.org", "index.example.org"}


def test_a_name_that_this_host_does_not_know_is_a_warning() -> None:
    scene = Scene()
    scene.env["DATACATS_REGISTRY"] = "registry.example.org:5000"
    scene.disk.programs["getent"] = Completed(2)
    found = resolution.check(scene.facts)
    assert {each.severity for each in found} == {Severity.WARNING}
    assert [each.what.rpartition(" ")[2] for each in found] == ["localhost.", "registry.example.org."]


def test_a_host_without_getent_is_given_the_benefit_of_the_doubt() -> None:
    scene = Scene()
    del scene.disk.programs["getent"]
    (found,) = resolution.check(scene.facts)
    assert found.severity is Severity.OK


def test_services_that_web_does_not_find_are_an_error_and_are_restarted() -> None:
    def program(call: Call) -> Outcome:
        return Outcome(None) if call.main else Outcome(0, b"postgres\nredis\n")

    scene = Scene()
    scene.engine.world.program = program
    scene.run_web()
    (found,) = resolution.check(scene.facts)
    assert (found.severity, found.what) == (Severity.ERROR, "Web of catstown does not find postgres and redis.")
    assert found.fix == "datacats restart postgres catstown; datacats restart redis catstown"


def test_a_site_that_does_not_run_is_not_asked() -> None:
    def program(call: Call) -> Outcome:
        raise AssertionError(call)

    scene = Scene()
    scene.engine.world.program = program
    (found,) = resolution.check(scene.facts)
    assert found.severity is Severity.OK


def test_without_an_engine_nothing_is_claimed_of_what_runs() -> None:
    scene = Scene()
    scene.engine.world.failures["info"] = EngineUnreachable("No Docker Engine runs here.")
    (found,) = resolution.check(scene.facts)
    assert (found.severity, found.what) == (Severity.NOTE, "Not looked at in sites: the engine cannot be used.")
