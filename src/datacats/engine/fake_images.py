"""The images of a fake engine."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from datacats.engine import steps
from datacats.engine.fake_world import World, refusal
from datacats.model.image import BuildContext, ImageRef
from datacats.model.observed import ImageSeen
from datacats.model.step import Step


class FakeImages:
    """Images in memory; what each method promises stands in ``model.ports.Images``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def list(self, repository: str = "datacats/*") -> tuple[ImageSeen, ...]:
        """Return the local images whose repository matches a pattern."""
        self._world.ask("list images")
        names: dict[str, list[str]] = {}
        for name, seen in self._world.images.items():
            if fnmatchcase(ImageRef.parse(name).repository, repository):
                names.setdefault(seen.id, []).append(name)
        return tuple(replace(self._world.images[held[0]], names=tuple(sorted(held))) for held in names.values())

    def exists(self, ref: ImageRef) -> bool:
        """Whether an image of that name is there."""
        self._world.ask(f"look for {ref}")
        return str(ref) in self._world.images

    def build(self, context: BuildContext) -> Iterator[Step]:
        """Build an image, asking the test's program what each ``RUN`` does."""
        self._world.change(f"build {context.ref}")
        yield from steps.of_build(self._tell_build(context), context.ref)
        self._world.add_image(context.ref, labels=dict(context.labels))

    def pull(self, ref: ImageRef) -> Iterator[Step]:
        """Fetch an image from the test's registry."""
        self._world.change(f"pull {ref}")
        found = self._world.registry.get(str(ref))
        told = [{"status": "Pull complete"} if found else {"error": f"manifest for {ref} not found: manifest unknown"}]
        yield from steps.of_transfer(told, f"pull {ref}")
        if found:
            self._world.images[str(ref)] = found

    def push(self, ref: ImageRef) -> Iterator[Step]:
        """Send an image to the test's registry."""
        self._world.change(f"push {ref}")
        absent = {"error": f"An image does not exist locally with the tag: {ref.repository}"}
        told = [{"status": "Pushed"} if str(ref) in self._world.images else absent]
        yield from steps.of_transfer(told, f"push {ref}")
        self._world.registry[str(ref)] = self._world.images[str(ref)]

    def tag(self, ref: ImageRef, new: ImageRef) -> None:
        """Give an image a further name."""
        self._world.change(f"tag {ref} as {new}")
        self._world.images[str(new)] = self._world.image(ref)

    def remove(self, ref: ImageRef) -> None:
        """Take a name from an image; gone is no error."""
        self._world.change(f"remove image {ref}")
        for each in self._world.containers.values():
            if each.spec.image == ref:
                raise refusal(
                    409, f"conflict: unable to remove {ref} (must force) - container {each.id[:12]} is using it"
                )
        self._world.images.pop(str(ref), None)

    def save(self, refs: Sequence[ImageRef]) -> Iterator[bytes]:
        """Return names and labels as one archive, in the form of Docker's own."""
        held = [{"RepoTags": [str(ref)], "Labels": dict(self._world.image(ref).labels)} for ref in refs]
        content, archive = json.dumps(held).encode(), io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            member = tarfile.TarInfo("manifest.json")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        yield archive.getvalue()

    def load(self, archive: Iterable[bytes]) -> None:
        """Take in an archive that ``save`` made."""
        self._world.change("load images")
        try:
            with tarfile.open(fileobj=io.BytesIO(b"".join(archive))) as tar:
                manifest = tar.extractfile("manifest.json")
                saved = json.loads(manifest.read() if manifest else b"")
        except (tarfile.TarError, ValueError):
            raise refusal(500, "Error processing tar file(exit status 1): unexpected EOF") from None
        for each in saved:
            for name in each["RepoTags"]:
                self._world.add_image(ImageRef.parse(name), labels=each["Labels"])

    def take_root(self, archive: Iterable[bytes], ref: ImageRef) -> None:
        """Make an image, whatever the archive holds."""
        self._world.change(f"make {ref}")
        for _ in archive:
            pass
        self._world.add_image(ref)

    def _tell_build(self, context: BuildContext) -> Iterator[dict[str, object]]:
        dockerfile = next((file.content.decode() for file in context.files if file.path == "Dockerfile"), None)
        if dockerfile is None:
            yield {"error": "Cannot locate specified Dockerfile: Dockerfile"}
            return
        lines = [line for line in dockerfile.replace("\\\n", " ").splitlines() if line.strip() and line[0] != "#"]
        for number, line in enumerate(lines, 1):
            yield {"stream": f"Step {number}/{len(lines)} : {line}\n"}
            yield from self._tell_step(line)
        yield {"aux": {"ID": "sha256:built"}, "stream": f"Successfully tagged {context.ref}\n"}

    def _tell_step(self, line: str) -> Iterator[dict[str, object]]:
        word, _, rest = line.partition(" ")
        if word != "RUN":
            return
        outcome = self._world.run("", ("/bin/sh", "-c", rest))
        yield {"stream": (outcome.stdout + outcome.stderr).decode(errors="replace")}
        if outcome.exit_code:
            yield {"error": f"The command '/bin/sh -c {rest}' returned a non-zero code: {outcome.exit_code}"}
