"""Whether there is room for what a command is about to make: said before anything is made, not when it ran out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from datacats.errors import DatacatsError, DiskError
from datacats.model.image import ImageRef
from datacats.workflows.workspace import Workspace

_MIB = 2**20
_GIB = 2**30

_SITE = 256 * _MIB
"""A template takes 72 MiB and a fresh site 84 (du, CKAN 2.12 on ext4), and then there must be some left to work in."""

_CONTAINERS = 256 * _MIB
"""A site has up to 7 containers, each with a log of up to 3 files of 10 MiB."""

_PULLED = 512 * _MIB
"""The largest image, web, has 326 MB, and its compressed layers lie beside it while they are unpacked."""

_BUILT = 1 * _GIB
"""Search, the one that takes most, has 278 MB, and the stages that it is built in 731 MB (docker images --all)."""


def refuse(workspace: Workspace, absent: Sequence[ImageRef]) -> None:
    """Raise DiskError when there is too little room for a new site, and for the images that are absent."""
    home = workspace.root.path
    _refuse(
        home,
        workspace.ports.disk.free(home),
        _SITE,
        "the data of a new site",
        f"See what takes it: du -xhd1 {home}; an environment that is not needed any more: datacats purge NAME",
    )
    refuse_images(workspace, absent)


def refuse_images(workspace: Workspace, absent: Sequence[ImageRef]) -> None:
    """Raise DiskError when the engine has too little room for its containers, and for the images that are absent.

    Nothing is known of an engine that keeps them on another machine.
    """
    place = Path(workspace.engine_info().root)
    free = _of_engine(workspace, place)
    if free is None:
        return
    each = _PULLED if workspace.env.get("DATACATS_REGISTRY") else _BUILT
    what = f"the images that are not here yet ({len(absent)}) and containers" if absent else "containers"
    fix = "Remove images of datacats that nobody uses: datacats images prune; what else there is: docker system df"
    _refuse(place, free, _CONTAINERS + len(absent) * each, what, fix)


def size(count: int) -> str:
    """Return a number of bytes on a disk or in memory in words, rounded down below a GiB."""
    if count >= _GIB:
        return f"{count / _GIB:.1f} GiB"
    return f"{count // _MIB} MiB" if count >= _MIB else f"{count // 1024} KiB"


def _refuse(place: Path, free: int, needed: int, what: str, fix: str) -> None:
    if free < needed:
        raise DiskError(f"Only {size(free)} are free for {what} ({place}); {size(needed)} are needed.", fix)


def _of_engine(workspace: Workspace, place: Path) -> int | None:
    """Only a directory that is there is the engine's own: one of a virtual machine is not on this host."""
    engine, disk = workspace.ports.engine, workspace.ports.disk
    if engine.host == "127.0.0.1":
        with suppress(DatacatsError):
            return disk.free(place) if disk.entry(place) else None
    return None
