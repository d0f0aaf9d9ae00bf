from __future__ import annotations

from pathlib import Path

import pytest

from datacats.model.finding import Finding, Severity
from datacats.model.plan import Plan
from datacats.model.ports import Completed, Entry
from datacats.workflows.checks import access
from datacats.workflows.checks.access import Strangers
from tests.unit.builders import ENVIRONMENT
from tests.unit.workflows.checks.scene import HOME, Scene

SECRETS = ENVIRONMENT.site_directory("primary") / "secrets.json"
FOREIGN = Strangers(ENVIRONMENT.data, (1000, 1001), 3, "/x/y")


def mends(found: Finding) -> str:
    return str(found.mend) if isinstance(found.mend, Plan) else ""


def test_files_as_datacats_makes_them_are_well() -> None:
    scene = Scene()
    run = ENVIRONMENT.site_directory("primary") / "run" / "web"
    scene.disk.make_directory(run, 0o700)
    scene.disk.place(run / "ckan.ini", b"", 0o600)
    (found,) = access.check(scene.facts)
    assert found.severity is Severity.OK


@pytest.mark.parametrize(
    ("kind", "mode", "wrong"),
    [
        ("file", 0o600, False),
        ("file", 0o644, True),
        ("file", 0o400, True),
        ("directory", 0o700, False),
        ("directory", 0o2700, False),
        ("directory", 0o755, True),
        ("directory", 0o500, True),
        ("link", 0o777, False),
    ],
)
def test_a_mode_is_wrong_when_others_may_read_or_the_owner_may_not_write(kind: str, mode: int, *, wrong: bool) -> None:
    assert access.is_wrong(Entry(kind, 0, mode, 1000, 1000)) is wrong


@pytest.mark.parametrize("path", [HOME, HOME / "root.json", ENVIRONMENT.data, ENVIRONMENT.data / "sites", SECRETS])
def test_whatever_may_hold_secrets_is_closed_again(path: Path) -> None:
    scene = Scene()
    scene.chmod(path, 0o777)
    (found,) = access.check(scene.facts)
    wanted = "600" if path.suffix == ".json" else "700"
    assert (found.severity, found.fix) == (Severity.WARNING, f"chmod {wanted} {path}")
    assert found.fix in mends(found)


def test_a_file_inside_a_services_private_directory_counts_as_well() -> None:
    scene = Scene()
    path = ENVIRONMENT.site_directory("primary") / "run" / "web" / "ckan.ini"
    scene.disk.make_directory(path.parent, 0o700)
    scene.disk.place(path, b"", 0o640)
    (found,) = access.check(scene.facts)
    assert found.fix == f"chmod 600 {path}"


def test_who_may_not_change_a_mode_is_told_to_use_sudo() -> None:
    found = access.opened(SECRETS, Entry("file", 0, 0o644, 0, 0), uid=1000)
    assert (found.fix, found.mend) == (f"sudo chmod 600 {SECRETS}", None)


def test_files_of_somebody_else_are_counted_and_root_gives_them_back() -> None:
    found = access.foreign(FOREIGN, uid=0)
    assert found.severity is Severity.ERROR
    assert "3 files" in found.what
    assert found.fix == f"chown -R -h 1000:1001 {ENVIRONMENT.data}"
    assert found.fix in mends(found)


def test_files_of_somebody_else_are_left_by_who_cannot_give_them_back() -> None:
    found = access.foreign(FOREIGN, uid=1000)
    assert (found.fix, found.mend) == (f"sudo chown -R -h 1000:1001 {ENVIRONMENT.data}", None)


def test_files_of_somebody_else_are_found_by_the_owner_of_the_source() -> None:
    scene = Scene()
    scene.disk.programs["find"] = Completed(0, b"/a/b\0/a/c\0")
    (found,) = access.check(scene.facts)
    assert "2 files" in found.what
    assert "/a/b" in found.what
    (command,) = [each for each in scene.disk.ran if each[0] == "find"]
    assert command[1:4] == (str(ENVIRONMENT.data), "!", "-user")


def test_without_find_nobody_looks() -> None:
    scene = Scene()
    del scene.disk.programs["find"]
    (found,) = access.check(scene.facts)
    assert found.severity is Severity.OK
