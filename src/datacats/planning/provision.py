"""Make the images of an environment present."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from datacats.model.image import BASES, ROLES, BaseKind, BuildContext, ImageRef, ImageSet
from datacats.model.plan import (
    BuildImage,
    ImportBase,
    Operation,
    Plan,
    PullImage,
    PushImage,
    RemoveImage,
    RemoveTree,
    RunProgram,
)


def choose(candidates: Sequence[ImageSet], present: Collection[str]) -> ImageSet:
    """Return for each role the first candidate that is present, else the first candidate."""
    chosen = {
        role: next((images[role] for images in candidates if str(images[role]) in present), candidates[0][role])
        for role in ROLES
    }
    return ImageSet(**chosen)


def missing(images: ImageSet, present: Collection[str]) -> tuple[ImageRef, ...]:
    """Return the images that are not present."""
    return tuple(images[role] for role in ROLES if str(images[role]) not in present)


def pull(refs: Sequence[ImageRef], registry: str) -> Plan:
    """Plan to fetch images from a registry."""
    return Plan.of(PullImage(ref.at(registry), ref, cause=f"not here; {registry} may have it") for ref in refs)


def push(refs: Sequence[ImageRef], registry: str) -> Plan:
    """Plan to send images to a registry."""
    return Plan.of(PushImage(ref, ref.at(registry), cause="asked for") for ref in refs)


def prune(refs: Sequence[ImageRef]) -> Plan:
    """Plan to remove images that nobody needs."""
    return Plan.of(RemoveImage(ref, cause="no site uses it") for ref in refs)


def pull_base(kind: BaseKind) -> Plan:
    """Plan to fetch a base image from the engine's own default registry."""
    ref = ImageRef.parse(BASES[kind])
    return Plan.of([PullImage(ref, ref, cause="the base of the images is not here")])


def make_base(command: tuple[str, ...], archive: Path) -> Plan:
    """Plan to make the base image from Debian's packages: ``command`` writes its root file system to ``archive``."""
    operations: list[Operation] = [
        RemoveTree(archive, cause="an earlier run may have left it"),
        RunProgram(command, hint=_BASE_HINT, cause="no registry has the base image"),
        ImportBase(archive, ImageRef.parse(BASES["bootstrap"]), cause="no registry has the base image"),
        RemoveTree(archive, cause="it is imported"),
    ]
    return Plan.of(operations)


def build(contexts: Sequence[BuildContext]) -> Plan:
    """Plan to build images."""
    return Plan.of(BuildImage(context, cause="neither here nor in a registry") for context in contexts)


_BASE_HINT = (
    "Making the base needs mmdebstrap and, without root, user namespaces. Install it (apt-get install mmdebstrap), "
    "or bring the images: datacats images load FILE"
)
