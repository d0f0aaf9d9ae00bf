"""The images of a real engine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from datacats.engine import steps
from datacats.engine.wire import Wire
from datacats.errors import ImageMissing
from datacats.model.image import BuildContext, ImageRef
from datacats.model.observed import ImageSeen
from datacats.model.step import Step

if TYPE_CHECKING:
    from datacats.engine.library import Library


class DockerImages:
    """Images of an engine; what each method promises stands in ``model.ports.Images``."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, repository: str = "datacats/*") -> tuple[ImageSeen, ...]:
        """Return the local images whose repository matches a pattern."""
        filters = json.dumps({"reference": [repository]})
        return tuple(_seen(each) for each in self._wire.call("GET", "/images/json", {"filters": filters}))

    def exists(self, ref: ImageRef) -> bool:
        """Whether an image of that name is there."""
        try:
            self._wire.call("GET", f"/images/{ref}/json")
        except ImageMissing:
            return False
        return True

    def tag(self, ref: ImageRef, new: ImageRef) -> None:
        """Give an image a further name."""
        self._wire.call("POST", f"/images/{ref}/tag", {"repo": new.repository, "tag": new.tag})

    def remove(self, ref: ImageRef) -> None:
        """Take a name from an image, and the image with its last name; gone is no error."""
        with suppress(ImageMissing):
            self._wire.call("DELETE", f"/images/{ref}")

    def build(self, context: BuildContext) -> Iterator[Step]:
        """Build an image with the classic builder; lines of output come between the steps, with number 0."""
        yield from steps.of_build(self._library.build(context), context.ref)

    def pull(self, ref: ImageRef) -> Iterator[Step]:
        """Fetch an image from the registry in its name, with the credentials that Docker keeps for it."""
        yield from steps.of_transfer(self._library.pull(ref), f"pull {ref}")

    def push(self, ref: ImageRef) -> Iterator[Step]:
        """Send an image to the registry in its name, with the credentials that Docker keeps for it."""
        yield from steps.of_transfer(self._library.push(ref), f"push {ref}")

    def save(self, refs: Sequence[ImageRef]) -> Iterator[bytes]:
        """Return images as one archive, in chunks; ``load`` gives them the same names again."""
        names = {"names": [str(ref) for ref in refs]}
        with closing(self._wire.open("GET", "/images/get", names, patience=None)) as answer:
            yield from answer.pieces()

    def load(self, archive: Iterable[bytes]) -> None:
        """Take in an archive that ``save`` made."""
        for _ in steps.of_transfer(self._library.load(archive), "load the archive"):
            pass

    def take_root(self, archive: Iterable[bytes], ref: ImageRef) -> None:
        """Make an image from the archive of a root file system."""
        for _ in steps.of_transfer(self._library.take_root(archive, ref), f"make {ref}"):
            pass

    @cached_property
    def _library(self) -> Library:
        from datacats.engine.library import Library  # noqa: PLC0415 - importing docker-py takes 0.2 s

        return Library(self._wire)


def _seen(told: Mapping[str, Any]) -> ImageSeen:
    return ImageSeen(
        id=told["Id"],
        names=tuple(sorted(told.get("RepoTags") or ())),
        size=told["Size"],
        created=told["Created"],
        labels=told.get("Labels") or {},
    )
