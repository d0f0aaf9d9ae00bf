"""Archives as they come, run through the program that takes them in: whole ones are taken, of others nothing."""

from __future__ import annotations

import errno
import gzip
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from datacats.services import web
from datacats.services.inside import unpack

FILES = {"resources/a/b/one.csv": b"1" * 1500, "storage/uploads/two.png": b"2" * 512, "three": b""}
PROGRAM = web.TAKE_IN[2]
Packed = tuple[tarfile.TarInfo, bytes]


def member(name: str, kind: bytes = tarfile.REGTYPE, content: bytes = b"", leads_to: str = "") -> Packed:
    found = tarfile.TarInfo(name)
    found.type, found.size, found.linkname, found.mtime, found.mode = kind, len(content), leads_to, 1_700_000_000, 0o644
    return found, content


def archive(*members: Packed, form: int = tarfile.GNU_FORMAT) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=form) as made:
        for head, content in members or [member(name, content=content) for name, content in FILES.items()]:
            made.addfile(head, io.BytesIO(content))
    return target.getvalue()


WHOLE = archive()
END = WHOLE.rindex(b"three") + 512
"""Where the last member ends and the end mark begins."""


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    """The files of a site; one of them is in the archive too."""
    for name in ("resources/a/b/one.csv", "resources/old.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"old")
    return tmp_path


def seen(storage: Path) -> dict[str, bytes | None]:
    """All that lies in a directory."""
    return {
        str(each.relative_to(storage)): each.read_bytes() if each.is_file() else None for each in storage.rglob("*")
    }


def take(storage: Path, content: bytes, *before: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program on an archive, by way of the command ``before``."""
    command = [*before, sys.executable, "-c", PROGRAM]
    return subprocess.run(command, cwd=storage, input=content, capture_output=True, check=False)


@pytest.mark.parametrize(
    "content",
    [WHOLE, archive(form=tarfile.PAX_FORMAT), gzip.compress(WHOLE), WHOLE[: END + 1024], WHOLE + b"\0" * 4096],
    ids=["tar", "pax", "gzip", "no padding", "more padding"],
)
def test_a_whole_archive_is_taken_in_over_what_is_there(storage: Path, content: bytes) -> None:
    assert take(storage, content).returncode == 0
    found = seen(storage)
    assert found["resources/old.csv"] == b"old"
    assert {name: found[name] for name in FILES} == FILES
    assert ".importing" not in found
    assert (storage / "three").stat().st_mtime == 1_700_000_000


@pytest.mark.parametrize("at", [0, 1, 511, 512, 513, 1024, 2047, 2048, 2560, 3072, 3584, END - 512, END - 1, END])
def test_an_archive_that_is_cut_changes_nothing_also_at_the_edge_of_a_block(storage: Path, at: int) -> None:
    before = seen(storage)
    ran = take(storage, WHOLE[:at])
    assert (ran.returncode, seen(storage)) == (1, before)
    assert ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("from_end", [1, 4, 8, 9, 40, 100])
def test_a_compressed_archive_that_is_cut_changes_nothing_even_in_its_checksum(storage: Path, from_end: int) -> None:
    before = seen(storage)
    ran = take(storage, gzip.compress(WHOLE)[:-from_end])
    assert (ran.returncode, seen(storage)) == (1, before)
    assert b"Traceback" not in ran.stderr


def test_a_damaged_header_in_the_middle_is_no_end(storage: Path) -> None:
    before = seen(storage)
    broken = bytearray(WHOLE)
    broken[2048 + 150] ^= 1
    assert take(storage, bytes(broken)).returncode == 1
    assert seen(storage) == before


@pytest.mark.parametrize(
    "trick",
    [
        member("/etc/cron.d/x", content=b"x"),
        member("../x", content=b"x"),
        member("a/../../x", content=b"x"),
        member("x", tarfile.SYMTYPE, leads_to="/run/datacats/ckan.ini"),
        member("x", tarfile.SYMTYPE, leads_to="../x"),
        member("x", tarfile.LNKTYPE, leads_to="/run/datacats/ckan.ini"),
        member("x", tarfile.CHRTYPE),
        member("x", tarfile.FIFOTYPE),
        member("resources", content=b"a file where a directory is"),
        member("resources/old.csv/x", content=b"a directory where a file is"),
    ],
    ids=lambda trick: f"{trick[0].name} {trick[0].linkname}{trick[0].type.decode()}",
)
def test_what_is_no_plain_file_below_the_storage_is_refused_with_all_that_comes_with_it(
    storage: Path, trick: Packed
) -> None:
    before = seen(storage.parent)
    ran = take(storage, archive(member("good", content=b"good"), trick))
    assert (ran.returncode, seen(storage.parent)) == (1, before)
    assert b"Traceback" not in ran.stderr


def test_a_link_that_is_there_leads_nothing_elsewhere(storage: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (storage / "storage").symlink_to(elsewhere)
    assert take(storage, WHOLE).returncode == 1
    assert seen(elsewhere) == {}


def test_a_full_disk_changes_nothing(storage: Path) -> None:
    before = seen(storage)
    ran = take(storage, WHOLE, "prlimit", "--fsize=1000")
    assert (ran.returncode, seen(storage)) == (1, before)


def test_what_fails_half_way_in_giving_places_is_taken_back(storage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(self: Path, target: Path) -> Path:
        if self.name == "three":
            raise OSError(errno.ENOSPC, "no space left on device")
        os.rename(self, target)  # noqa: PTH104 - the other one is replaced
        return target

    monkeypatch.chdir(storage)
    before = seen(storage)
    (storage / ".importing" / "old").mkdir(parents=True)
    for name, content in FILES.items():
        (storage / ".importing" / "new" / name).parent.mkdir(parents=True, exist_ok=True)
        (storage / ".importing" / "new" / name).write_bytes(content)
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match="no space left"):
        unpack.place_all()
    assert {name: content for name, content in seen(storage).items() if not name.startswith(".importing")} == before


def test_an_import_at_the_same_time_is_refused_and_left_alone(storage: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=storage, stdin=subprocess.PIPE)
    assert first.stdin is not None
    first.stdin.write(WHOLE[:1024])
    first.stdin.flush()
    while not (storage / ".importing" / "new").exists():
        assert first.poll() is None
    ran = take(storage, WHOLE)
    assert (ran.returncode, ran.stderr) == (1, b"Another import of this site is under way.\n")
    first.stdin.write(WHOLE[1024:])
    first.stdin.close()
    assert first.wait() == 0
    assert {name: seen(storage)[name] for name in FILES} == FILES
