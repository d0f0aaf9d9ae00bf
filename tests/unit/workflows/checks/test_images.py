from __future__ import annotations

from dataclasses import replace

import pytest

from datacats import recipes
from datacats.model.finding import Finding, HaveImages, Severity
from datacats.model.image import BASES, BaseKind, ImageRef
from datacats.model.observed import ImageSeen
from datacats.workflows.checks import images
from datacats.workflows.checks.images import Run
from tests.unit.builders import ENVIRONMENT, IMAGES, SITE
from tests.unit.workflows.checks.scene import CATSTOWN, NOW, Scene, image

NEWER = replace(IMAGES, web=ImageRef("datacats/web", "2.12.0-b"))


def present(days: int = 1) -> dict[str, ImageSeen]:
    return {str(IMAGES[role]): image(days) for role in ("web", "postgres", "search", "redis")}


def judge(run: Run, there: dict[str, ImageSeen]) -> Finding:
    (found,) = images.judge([run], there, NOW)
    return found


@pytest.mark.parametrize("newest", [IMAGES, None])
def test_images_that_are_here_and_fresh_are_well(newest: object) -> None:
    assert judge(Run(CATSTOWN, IMAGES if newest else None, None), present()).severity is Severity.OK


def test_a_missing_image_that_can_be_had_again_is_pulled_or_built() -> None:
    there = present()
    del there[str(IMAGES.redis)]
    found = judge(Run(CATSTOWN, IMAGES, IMAGES), there)
    assert found.severity is Severity.ERROR
    assert str(IMAGES.redis) in found.what
    assert (found.fix, found.mend) == ("datacats pull --ckan 2.12", HaveImages("2.12"))


@pytest.mark.parametrize("newest", [NEWER, None])
def test_a_missing_image_that_nobody_makes_any_more_needs_an_upgrade_which_is_not_done_unasked(newest: object) -> None:
    there = present()
    del there[str(IMAGES.web)]
    found = judge(Run(CATSTOWN, IMAGES, NEWER if newest else None), there)
    assert found.severity is Severity.ERROR
    assert (found.fix, found.mend) == ("datacats upgrade catstown", None)


def test_newer_images_are_a_note() -> None:
    found = judge(Run(CATSTOWN, NEWER, NEWER), present())
    assert (found.severity, found.fix) == (Severity.NOTE, "datacats upgrade catstown")


def test_an_old_image_is_a_warning_with_its_age() -> None:
    found = judge(Run(CATSTOWN, NEWER, NEWER), present(days=181))
    assert (found.severity, found.fix) == (Severity.WARNING, "datacats upgrade catstown")
    assert "181 days" in found.what
    assert judge(Run(CATSTOWN, IMAGES, IMAGES), present(days=180)).severity is Severity.OK


def test_an_old_image_that_is_still_the_newest_needs_a_newer_datacats() -> None:
    found = judge(Run(CATSTOWN, IMAGES, IMAGES), present(days=400))
    assert found.fix.startswith("Upgrade datacats")


def test_the_newest_images_of_the_environments_own_version_are_compared() -> None:
    (found,) = images.check(Scene().facts)
    assert (found.severity, found.fix) == (Severity.NOTE, "datacats upgrade catstown")


@pytest.mark.parametrize("kind", ["debian", "bootstrap"])
def test_what_can_be_had_again_follows_from_the_base_image_that_is_here(kind: BaseKind) -> None:
    scene = Scene()
    own = recipes.image_set("2.12.0", "amd64", kind)
    scene.add(ENVIRONMENT, replace(SITE, images=own))
    assert images.check(scene.facts)[0].mend is None
    scene.engine.world.add_image(ImageRef.parse(BASES[kind]))
    assert images.check(scene.facts)[0].mend == HaveImages("2.12")
