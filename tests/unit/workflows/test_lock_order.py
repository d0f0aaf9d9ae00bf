"""No two commands can wait for each other: locks are taken in one order, and the root lock is always the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.model.image import BASES, ImageRef
from tests.support.desk import HOME, WORK, Desk
from tests.support.index import Index

ORDER = ("test", "layers", "image", "template", "environment", "site", "root")
WORDS = (
    ["create", "dogville"],
    ["init", "catstown", "-s", "staging"],
    ["start", "catstown", "5001", "--production"],
    ["reload", "catstown"],
    ["ckan", "-e", "catstown", "user", "list"],
    ["db", "load", "-", "-e", "catstown"],
    ["files", "import", "-", "-e", "catstown"],
    ["tweak", "-p", "catstown"],
    ["upgrade", "catstown"],
    ["stop", "catstown"],
    ["test", WORK / "ckanext-cats", "--"],
    ["purge", "catstown", "-y"],
)


def kind(path: Path) -> str:
    """What a lock is of."""
    if path.parent == HOME / "_locks":
        return path.name.partition("-")[0]
    return "site" if path.parent.parent.name == "sites" else "environment"


def test_locks_are_taken_in_one_order_by_every_command(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[str] = []
    nested: set[tuple[str, str]] = set()
    taken: set[str] = set()
    lock = FakeDisk.lock

    @contextmanager
    def watched(
        self: FakeDisk, path: Path, what: str, *, wait: float, tell: Callable[[str], None] | None = None
    ) -> Iterator[None]:
        nested.update((outer, kind(path)) for outer in held)
        taken.add(kind(path))
        with lock(self, path, what, wait=wait, tell=tell):
            held.append(kind(path))
            yield
            held.pop()

    monkeypatch.setattr(FakeDisk, "lock", watched)
    desk.engine.world.images.clear()
    desk.add_images("2.12")
    del desk.engine.world.images[next(iter(desk.engine.world.images))]
    desk.engine.world.add_image(ImageRef.parse(BASES["debian"]))
    desk.create("catstown")
    desk.disk.add(WORK / "ckanext-cats" / "setup.py")
    desk.engine.world.program = Index(desk).program
    for words in WORDS:
        desk.done(*words, stdin=b"PGDMP")
    assert taken == set(ORDER)
    assert [(outer, inner) for outer, inner in nested if ORDER.index(outer) >= ORDER.index(inner)] == []
    assert not desk.disk.holders
    assert desk.disk.entry(WORK / "catstown") is not None
