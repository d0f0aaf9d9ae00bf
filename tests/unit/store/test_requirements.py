"""Requirements files as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.store import requirements
from datacats.store.requirements import Requirements

SOURCE = Path("/work/catstown")
CATS = SOURCE / "cats"
GIT = "git+https://github.com/ckan/ckanext-dogs.git"


def read(text: str, **others: str) -> Requirements:
    disk = FakeDisk()
    disk.add(CATS / "requirements.txt", text.encode())
    for name, content in others.items():
        disk.add(CATS / f"{name}.txt", content.encode())
    return requirements.read(disk, CATS / "requirements.txt", SOURCE)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("lxml==5  # pinned", "lxml==5"),
        ("lxml==5 --hash=sha256:00 --hash=sha256:11", "lxml==5"),
        ("lxml==5 \\\n    --hash=sha256:00", "lxml==5"),
        ("lxml==5 \\\r\n    --hash=sha256:00\r", "lxml==5"),
        ("lxml; python_version < '4'", "lxml; python_version < '4'"),
        ("lxml[html] >= 5", "lxml[html] >= 5"),
        (f"{GIT}@v1", f"{GIT}@v1"),
        (f"{GIT}#egg=ckanext-dogs", f"ckanext-dogs @ {GIT}"),
        (f"-e {GIT}@v1#egg=ckanext-dogs", f"ckanext-dogs @ {GIT}@v1"),
        (f"--editable={GIT}#subdirectory=a&egg=ckanext-dogs[x]", f"ckanext-dogs[x] @ {GIT}#subdirectory=a"),
        (f"-e {GIT}", GIT),
        ("ckan>=2.10", "ckan>=2.10"),
    ],
)
def test_a_line_is_a_requirement(line: str, wanted: str) -> None:
    found = read(f"# first\n\n{line}\n")
    assert (found.wanted, found.left_out) == ([wanted], [])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("-c pins.txt", "-c pins.txt"),
        ("--extra-index-url=https://me:secret@example.org", "--extra-index-url"),
        ("-i https://me:secret@example.org", "-i"),
        ("-r none.txt", "-r none.txt"),
        ("-r https://example.org/r.txt", "-r https://example.org/r.txt"),
        ("-r ../../elsewhere.txt", "-r ../../elsewhere.txt"),
        ("-r /etc/passwd", "-r /etc/passwd"),
        ("-e ../ckanext-dogs", "-e ../ckanext-dogs"),
        ("-e hg+https://example.org/x#egg=x", "-e hg+https://example.org/x#egg=x"),
        ("./vendor/x.whl", "./vendor/x.whl"),
        ("-e git+https://github.com/ckan/ckan.git#egg=ckan", "-e git+https://github.com/ckan/ckan.git#egg=ckan"),
        ("-e git+https://github.com/ckan/ckan.git@2.11", "-e git+https://github.com/ckan/ckan.git@2.11"),
        ("git+https://github.com/ckan/ckan.git#egg=ckan", "git+https://github.com/ckan/ckan.git#egg=ckan"),
    ],
)
def test_what_can_be_no_requirement_is_left_out_and_told_without_what_may_be_a_password(line: str, told: str) -> None:
    found = read(f"{line}\nlxml\n")
    assert (found.wanted, found.left_out) == (["lxml"], [f"cats/requirements.txt: {told}"])


@pytest.mark.parametrize("line", [".", "-e .", "-e ./", "--editable .[dev]", "-e .[dev,test]", ""])
def test_the_package_itself_is_there_anyway(line: str) -> None:
    found = read(line)
    assert (found.wanted, found.left_out) == ([], [])


def test_files_that_it_names_are_followed_and_none_twice() -> None:
    found = read("-r more.txt\na\n", more="--requirement=last.txt\n-rrequirements.txt\nb\n", last="c\n-r more.txt\n")
    assert (found.wanted, found.left_out) == (["c", "b", "a"], [])
    assert {path.name for path in found.files} == {"requirements.txt", "more.txt", "last.txt"}


def test_a_file_that_is_not_there_holds_nothing() -> None:
    assert requirements.read(FakeDisk(), CATS / "requirements.txt", SOURCE) == Requirements()
