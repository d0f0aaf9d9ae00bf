"""The files of the images, as they lie in the package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from datacats.model.image import ContextFile, Role
from datacats.recipes.versions import is_pinned, requirements

if TYPE_CHECKING:
    from importlib.abc import Traversable


@cache
def image_files(role: Role) -> tuple[ContextFile, ...]:
    """Return the files that every image of that role is built from, whatever the version."""
    images = files(__package__) / "images"
    return (*_walk(images / role, ""), *_walk(images / "shared", "shared/"))


def web_files(ckan: str) -> tuple[ContextFile, ...]:
    """Return what the web image installs from the Python index."""
    return (
        ContextFile("requirements.txt", _requirements(ckan).encode()),
        ContextFile("build.txt", _lock("build").encode()),
        ContextFile("uv.txt", _lock("uv").encode()),
    )


def build_files() -> tuple[ContextFile, ...]:
    """Return what the image that installs extensions is made of."""
    images = files(__package__) / "images"
    shared = _file("shared/follow-host", (images / "shared" / "follow-host").read_bytes())
    locks = (ContextFile(f"{name}.txt", _lock(name).encode()) for name in ("build", "sass", "uv"))
    return (*_walk(images / "build", ""), shared, *locks)


def packages_files(packages: Sequence[str]) -> tuple[ContextFile, ...]:
    """Return what an image with further Debian packages is made of."""
    listed = ContextFile("packages.txt", "".join(f"{name}\n" for name in sorted(packages)).encode())
    return (*_walk(files(__package__) / "images" / "packages", ""), listed)


def search_files(ckan: str) -> tuple[ContextFile, ...]:
    """Return which CKAN the search image takes its schema from."""
    return (ContextFile("ckan.txt", _only_ckan(_requirements(ckan)).encode()),)


def excludes() -> str:
    """Return dpkg's rules for what no container reads."""
    return (files(__package__) / "images" / "shared" / "excludes").read_text("utf-8")


def _requirements(ckan: str) -> str:
    return _lock(ckan) if is_pinned(ckan) else "".join(f"{line}\n" for line in requirements(ckan))


def _only_ckan(text: str) -> str:
    """Cut CKAN's own entry, hashes included, out of a requirements file."""
    entries = text.replace("\\\n", " ").splitlines()
    entry = next(line for line in entries if line.startswith(("ckan=", "ckan[")))
    return " ".join(entry.replace("[requirements]", "").split()) + "\n"


def _lock(name: str) -> str:
    return (files(__package__) / "locks" / f"{name}.txt").read_text("utf-8")


def _walk(directory: Traversable, prefix: str) -> Iterator[ContextFile]:
    for entry in sorted(directory.iterdir(), key=lambda e: e.name):
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield _file(f"{prefix}{entry.name}", entry.read_bytes())


def _file(path: str, content: bytes) -> ContextFile:
    """A file that names its interpreter is a program; a wheel does not keep modes."""
    return ContextFile(path, content, 0o755 if content.startswith(b"#!") else 0o644)
