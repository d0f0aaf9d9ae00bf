"""``doctor``: a line a finding, a document for programs, and a status that says whether something is wrong."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from datacats.errors import EngineUnreachable, Unhealthy
from datacats.model.image import ImageRef
from datacats.model.ports import Completed
from tests.support.desk import HOME, Desk, images_of

WEB_PORT = "catstown is taken by python3 (pid 7)."


@pytest.fixture
def well(catstown: Desk) -> Desk:
    """A host with the programs that checks use, and images of today."""
    images = catstown.engine.world.images
    images.update({name: replace(seen, created=int(time.time())) for name, seen in images.items()})
    catstown.disk.programs.update({"getent": Completed(0), "find": Completed(0)})
    return catstown


def take_port(desk: Desk) -> int:
    """Let somebody have the port of the stopped site."""
    desk.done("stop", "catstown")
    port: int = desk.done("info", "catstown", "--json").result["sites"][0]["port"]
    desk.http.taken[port] = "python3 (pid 7)"
    return port


def test_a_healthy_place_gets_a_mark_and_a_line_for_each_check_and_status_0(well: Desk) -> None:
    ran = well("doctor")
    assert ran.status == 0
    marks = [line.split()[:2] for line in ran.lines if not line.startswith(" ")]
    assert ["ok", "engine"] in marks
    assert {mark for mark, _ in marks} <= {"ok", "note"}
    assert len(marks) == len({name for _, name in marks})


def test_an_error_is_shown_with_why_and_fix_and_ends_with_its_status(well: Desk) -> None:
    port = take_port(well)
    ran = well("doctor", "catstown")
    assert ran.status == Unhealthy.exit_code
    start = next(number for number, line in enumerate(ran.lines) if line.startswith("error"))
    indent = " " * 22
    assert ran.lines[start : start + 3] == [
        f"error    ports        Port {port} of {WEB_PORT}",
        f"{indent}The site cannot start on it.",
        f"{indent}Fix: Stop that, or give the site another port: datacats start catstown {port + 1}",
    ]


def test_programs_get_every_finding_and_whether_it_mends_itself(well: Desk) -> None:
    take_port(well)
    ran = well("doctor", "--json")
    assert (ran.status, ran.result["healthy"], ran.result["mended"]) == (Unhealthy.exit_code, False, [])
    found = next(each for each in ran.result["findings"] if each["check"] == "ports")
    assert set(found) == {"check", "severity", "what", "why", "fix", "mends_itself"}
    assert (found["severity"], found["mends_itself"]) == ("error", False)


def test_quiet_says_it_by_the_status_alone(well: Desk) -> None:
    take_port(well)
    ran = well("doctor", "-q")
    assert (ran.status, ran.out) == (Unhealthy.exit_code, "")


def test_what_fix_can_do_is_offered_then_done_and_told(well: Desk) -> None:
    making = HOME / "_templates" / "abc.making"
    well.disk.make_directory(making, 0o700)
    assert "                      Fix: datacats doctor --fix" in well("doctor").lines
    ran = well("doctor", "--fix")
    assert (ran.status, ran.lines[0]) == (0, f"mended   leftovers    A template is half made: {making}.")
    assert well.disk.entry(making) is None


def test_a_command_that_fix_can_also_run_says_so(well: Desk) -> None:
    secrets = HOME / "catstown/sites/primary/secrets.json"
    well.disk.add(secrets, well.disk.read(secrets), 0o644)
    line = f"                      Fix: chmod 600 {secrets} (or: datacats doctor --fix)"
    assert line in well("doctor").lines


def test_without_an_engine_doctor_still_works(well: Desk) -> None:
    well.engine.world.failures["info"] = EngineUnreachable("Nobody is there.", "Start it.")
    ran = well("doctor")
    assert ran.status == Unhealthy.exit_code
    assert ran.lines[0] == "error    engine       Nobody is there."
    assert any(line.startswith("ok       files") for line in ran.lines)


def test_an_environment_that_is_not_there_is_an_error_of_its_own(well: Desk) -> None:
    assert well("doctor", "nowhere").status == 4


def test_a_dry_run_shows_what_fix_would_do_and_mends_nothing(well: Desk) -> None:
    assert well.done("doctor", "--fix", "--dry-run").out == "Nothing to do.\n"
    path = HOME / "catstown" / "sites" / "primary" / "secrets.json"
    well.disk.add(path, well.disk.read(path), mode=0o644)
    well.engine.world.add_image(ImageRef("debian", "bookworm-slim"))
    del well.engine.world.images[str(images_of("2.12")["redis"])]
    well.forget()
    ran = well.done("doctor", "--fix", "--dry-run")
    assert str(path) in ran.out
    assert "build datacats/redis:" in ran.out
    assert well.done("doctor", "--dry-run").out == ran.out
    assert well.changes() == []
    assert well("doctor", "--dry-run", "nowhere").status == 4
