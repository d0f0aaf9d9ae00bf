"""The images of a real engine."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from datacats.engine import steps
from datacats.engine.wire import Wire
from datacats.errors import ImageMissing
from datacats.model.image import BuildContext, BuildStep, ContextFile, ImageRef
from datacats.model.observed import ImageSeen

if TYPE_CHECKING:
    from docker import APIClient


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

    def build(self, context: BuildContext) -> Iterator[BuildStep]:
        """Build an image with the engine's classic builder, telling each step and line of output."""
        with self._errors():
            told = self._docker.build(
                fileobj=io.BytesIO(_archive(context.files)),
                custom_context=True,
                tag=str(context.ref),
                buildargs=dict(context.arguments),
                labels=dict(context.labels),
                rm=True,
                forcerm=True,
                decode=True,
            )
            yield from steps.of_build(told, context.ref)

    def pull(self, ref: ImageRef) -> Iterator[BuildStep]:
        """Fetch an image from the registry in its name, with the credentials that Docker keeps for it."""
        with self._errors():
            told = self._docker.pull(ref.repository, ref.tag, stream=True, decode=True)
            yield from steps.of_transfer(told, ref, "pull")

    def push(self, ref: ImageRef) -> Iterator[BuildStep]:
        """Send an image to the registry in its name, with the credentials that Docker keeps for it."""
        with self._errors():
            told = self._docker.push(ref.repository, ref.tag, stream=True, decode=True)
            yield from steps.of_transfer(told, ref, "push")

    def save(self, refs: Sequence[ImageRef]) -> Iterator[bytes]:
        """Return images as one archive, in chunks; ``load`` gives them the same names again."""
        names = {"names": [str(ref) for ref in refs]}
        with closing(self._wire.open("GET", "/images/get", names, patience=None)) as answer:
            yield from answer.pieces()

    def load(self, archive: Iterable[bytes]) -> None:
        """Take in an archive that ``save`` made."""
        with self._errors():
            told = self._docker.load_image(iter(archive))  # type: ignore[no-untyped-call] # in types-docker
            for _ in steps.of_transfer(told, ImageRef("the archive", "images"), "load"):
                pass

    def take_root(self, archive: Iterable[bytes], ref: ImageRef) -> None:
        """Make an image from the archive of a root file system."""
        with self._errors():
            self._docker.import_image_from_data(iter(archive), repository=ref.repository, tag=ref.tag)

    @cached_property
    def _docker(self) -> APIClient:
        from datacats.engine import library  # noqa: PLC0415 - importing docker-py takes 0.2 s

        return library.client(self._wire)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from datacats.engine import library  # noqa: PLC0415 - importing docker-py takes 0.2 s

        with library.errors(self._wire.endpoint):
            yield


def _seen(told: Mapping[str, Any]) -> ImageSeen:
    return ImageSeen(
        id=told["Id"],
        names=tuple(sorted(told.get("RepoTags") or ())),
        size=told["Size"],
        created=told["Created"],
        labels=told.get("Labels") or {},
    )


def _archive(files: Sequence[ContextFile]) -> bytes:
    """Return a build context as the engine takes it: the same files give the same bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for file in files:
            entry = tarfile.TarInfo(file.path)
            entry.size, entry.mode = len(file.content), file.mode
            archive.addfile(entry, io.BytesIO(file.content))
    return content.getvalue()
