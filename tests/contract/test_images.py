"""What the images of every engine do and refuse."""

from __future__ import annotations

import pytest

from datacats.errors import BuildFailed, Conflict, EngineError, ImageMissing
from datacats.model.image import BuildContext, ContextFile, ImageRef
from tests.contract.stage import BOX, Stage

GONE = ImageRef("datacats/nosuch", "1")


def context(ref: ImageRef, *lines: str) -> BuildContext:
    """A build of the box with some more lines in its Dockerfile."""
    dockerfile = "".join(f"{line}\n" for line in (f"FROM {BOX}", "ARG http_proxy", *lines))
    files = (ContextFile("Dockerfile", dockerfile.encode()), ContextFile("bin/hello", b"echo hello\n", 0o755))
    return BuildContext(ref, files, {"http_proxy": "http://192.0.2.1:1"}, {"org.datacats.role": "web"})


@pytest.fixture
def image(stage: Stage) -> ImageRef:
    """An image that is there."""
    ref = stage.image()
    stage.engine.images.tag(BOX, ref)
    return ref


def test_an_image_is_there_or_it_is_not(stage: Stage) -> None:
    assert stage.engine.images.exists(BOX)
    assert not stage.engine.images.exists(GONE)


def test_an_image_with_two_names_is_listed_once_under_both(stage: Stage, image: ImageRef) -> None:
    also = ImageRef(image.repository, "also")
    stage.engine.images.tag(image, also)

    (seen,) = stage.engine.images.list(image.repository)
    assert {str(image), str(also)} <= set(seen.names)


def test_a_pattern_of_repositories_leaves_out_the_others(stage: Stage, image: ImageRef) -> None:
    names = {name for seen in stage.engine.images.list() for name in seen.names}
    assert str(image) in names

    assert stage.engine.images.list("datacats/nosuch*") == ()


def test_a_missing_image_gets_no_further_name(stage: Stage) -> None:
    with pytest.raises(ImageMissing, match="nosuch"):
        stage.engine.images.tag(GONE, stage.image())


def test_a_removed_image_is_gone_and_removing_it_again_is_no_error(stage: Stage, image: ImageRef) -> None:
    stage.engine.images.remove(image)
    stage.engine.images.remove(image)

    assert not stage.engine.images.exists(image)
    assert stage.engine.images.exists(BOX)


def test_an_image_that_a_container_was_made_from_is_not_removed(stage: Stage) -> None:
    ref = stage.image()
    list(stage.engine.images.build(context(ref)))
    spec = stage.spec(image=ref)
    stage.engine.containers.create(spec)

    with pytest.raises(Conflict, match="container"):
        stage.engine.images.remove(ref)

    stage.engine.containers.remove(spec.name)
    stage.engine.images.remove(ref)


def test_a_build_tells_its_steps_and_their_output_and_makes_an_image_with_labels(stage: Stage) -> None:
    ref = stage.image()

    told = list(stage.engine.images.build(context(ref, "RUN echo building", "COPY bin/hello /bin/hello")))

    steps = [step for step in told if step.number]
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert {step.total for step in steps} == {steps[-1].number} == {len(steps)}
    assert "RUN echo building" in [step.text for step in steps]
    assert "building" in [step.text for step in told if not step.number]
    (seen,) = stage.engine.images.list(ref.repository)
    assert seen.names == (str(ref),)
    assert seen.labels["org.datacats.role"] == "web"


def test_a_failed_build_ends_with_its_last_lines_and_makes_no_image(stage: Stage) -> None:
    ref = stage.image()

    with pytest.raises(BuildFailed, match="returned a non-zero code: 7") as failed:
        list(stage.engine.images.build(context(ref, "RUN echo no such luck; exit 7")))

    assert "no such luck" in failed.value.detail.splitlines()
    assert not stage.engine.images.exists(ref)


def test_a_build_without_a_dockerfile_is_refused(stage: Stage) -> None:
    with pytest.raises(BuildFailed, match="Dockerfile"):
        list(stage.engine.images.build(BuildContext(stage.image(), (ContextFile("other", b""),), {}, {})))


def test_saved_images_have_their_names_again_when_they_are_loaded(stage: Stage) -> None:
    one, other = stage.image(), stage.image()
    for ref in (one, other):
        list(stage.engine.images.build(context(ref, f"RUN echo {ref}")))
    archive = list(stage.engine.images.save([one, other]))
    for ref in (one, other):
        stage.engine.images.remove(ref)
        assert not stage.engine.images.exists(ref)

    stage.engine.images.load(archive)

    assert stage.engine.images.exists(one)
    assert stage.engine.images.exists(other)


def test_a_missing_image_is_not_saved(stage: Stage) -> None:
    with pytest.raises(ImageMissing):
        list(stage.engine.images.save([GONE]))


def test_an_archive_that_is_none_is_refused(stage: Stage) -> None:
    with pytest.raises(EngineError, match="tar"):
        stage.engine.images.load([b"no ", b"archive"])


def test_an_image_is_made_from_a_root_file_system(stage: Stage) -> None:
    ref = stage.image()

    stage.engine.images.take_root([bytes(10240)], ref)

    assert stage.engine.images.exists(ref)


def test_an_image_goes_to_a_registry_and_comes_back(stage: Stage) -> None:
    ref = stage.image()
    list(stage.engine.images.build(context(ref, f"RUN echo {ref}")))
    remote = ref.at(stage.registry())
    stage.engine.images.tag(ref, remote)

    assert list(stage.engine.images.push(remote))
    stage.engine.images.remove(remote)
    assert list(stage.engine.images.pull(remote))

    assert stage.engine.images.exists(remote)


def test_an_image_that_the_registry_does_not_have_is_told_missing(stage: Stage) -> None:
    remote = stage.image().at(stage.registry())

    with pytest.raises(ImageMissing, match=remote.repository):
        list(stage.engine.images.pull(remote))


def test_an_image_that_is_not_here_cannot_be_sent(stage: Stage) -> None:
    remote = stage.image().at(stage.registry())

    with pytest.raises(ImageMissing, match=remote.repository):
        list(stage.engine.images.push(remote))
