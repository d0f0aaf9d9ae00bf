"""Take the files of a tar archive on standard input into the current directory: all of them, or none.

Runs in a one-off container on the site's storage. An archive counts as whole only with its end mark, and a compressed
one only with its checksum: a cut at the edge of a block looks like an end otherwise.
"""

from __future__ import annotations

import bz2
import fcntl
import gzip
import lzma
import os
import shutil
import signal
import sys
import tarfile
import zlib
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

STAGE = Path(".importing")
NEW, OLD = STAGE / "new", STAGE / "old"
PIECE = 1 << 20


class Refused(Exception):
    """The archive is not taken in, and why."""


class Member(tarfile.TarInfo):
    """A member of an archive; what follows the last one must be the end mark."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Member:
        """Read the next header; only the end mark ends an archive."""
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise Refused(f"The archive is cut off or damaged ({error}).") from error


def content(raw: BufferedReader) -> BinaryIO:
    """Return the archive without its compression."""
    head = raw.peek(6)
    if head.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=raw))
    if head.startswith(b"BZh"):
        return cast("BinaryIO", bz2.BZ2File(raw))
    return cast("BinaryIO", lzma.LZMAFile(raw) if head.startswith(b"\xfd7zXZ") else raw)


def unpack(source: BinaryIO) -> None:
    """Unpack all of an archive beside the files that are there, and read it to its very end."""
    with tarfile.open(fileobj=source, mode="r|", tarinfo=Member) as archive:
        for member in archive:
            take(archive, member)
    while source.read(PIECE):
        pass


def take(archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    """Unpack one member: a file or a directory, below the stage."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise Refused(f"{member.name} would lie outside of the site's files.")
    place = NEW / path
    if member.isdir():
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    inner = archive.extractfile(member) if member.isreg() else None
    if inner is None:
        raise Refused(f"{member.name} is neither a file nor a directory; only these are taken in.")
    with inner, place.open("wb") as target:
        shutil.copyfileobj(inner, target, PIECE)
    place.chmod(member.mode & 0o755 | 0o600)
    os.utime(place, (member.mtime, member.mtime))


def check(each: Path, target: Path) -> None:
    """Refuse a file where a directory is, and a directory where something else is."""
    if os.path.lexists(target) and each.is_dir() != (target.is_dir() and not target.is_symlink()):
        raise Refused(f"{target} is there already as something else: a file, a directory or a link.")


def place_all() -> None:
    """Give all files their places; what fails half way is undone."""
    steps = [(each, each.relative_to(NEW)) for each in sorted(NEW.rglob("*"))]
    for step in steps:
        check(*step)
    undo: list[tuple[Path, Path | None]] = []
    try:
        for number, (each, target) in enumerate(steps):
            if each.is_dir():
                if not target.exists():
                    undo.append((target, None))
                    target.mkdir()
                continue
            kept = OLD / str(number) if os.path.lexists(target) else None
            if kept:
                os.link(target, kept, follow_symlinks=False)
            undo.append((target, kept))
            each.replace(target)
    except BaseException:
        take_back(undo)
        raise


def take_back(undo: list[tuple[Path, Path | None]]) -> None:
    """Put back what was there."""
    for target, kept in reversed(undo):
        if kept:
            kept.replace(target)
        elif target.is_dir():
            target.rmdir()
        else:
            target.unlink(missing_ok=True)


def main() -> None:
    """Take the archive in. Raises what is wrong with it."""
    shutil.rmtree(STAGE, ignore_errors=True)
    try:
        for directory in (NEW, OLD):
            directory.mkdir(parents=True)
        unpack(content(cast("BufferedReader", sys.stdin.buffer)))
        os.sync()
        place_all()
    finally:
        shutil.rmtree(STAGE, ignore_errors=True)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    lock = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        main()
    except BlockingIOError:
        sys.exit("Another import of this site is under way.")
    except (Refused, tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
