"""Images: which are chosen, which are missing, and the steps that bring, send or remove them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from datacats.model.image import ROLES, BuildContext, ImageRef, ImageSet, Role
from datacats.model.plan import ImportBase, Plan, PullImage, PushImage, RemoveTree, RunProgram
from datacats.planning import provision
from tests.unit.builders import IMAGES

OTHER = ImageSet(**{role: ImageRef(f"datacats/{role}", "b") for role in ROLES})
ALL = {str(IMAGES[role]) for role in ROLES}


def lines(plan: Plan) -> list[str]:
    return str(plan).splitlines()


def test_what_is_present_is_chosen_over_what_would_have_to_be_made() -> None:
    assert provision.choose([IMAGES, OTHER], {str(OTHER.web)}) == replace(IMAGES, web=OTHER.web)


def test_of_two_that_are_present_the_first_is_chosen() -> None:
    assert provision.choose([IMAGES, OTHER], ALL | {str(OTHER[role]) for role in ROLES}) == IMAGES


def test_where_none_is_present_the_first_is_to_be_made() -> None:
    assert provision.choose([OTHER, IMAGES], ()) == OTHER


@pytest.mark.parametrize("role", ROLES)
def test_each_image_that_is_not_present_is_missing(role: Role) -> None:
    assert provision.missing(IMAGES, ALL - {str(IMAGES[role])}) == (IMAGES[role],)


def test_images_are_missing_in_the_order_of_their_roles() -> None:
    assert provision.missing(IMAGES, ()) == tuple(IMAGES[role] for role in ROLES)
    assert provision.missing(IMAGES, ALL) == ()


def test_an_image_is_pulled_under_its_name_in_the_registry_and_keeps_its_own() -> None:
    plan = provision.pull([IMAGES.web], "r.example:5000/x")
    assert list(plan) == [
        PullImage(
            ImageRef("r.example:5000/x/datacats/web", "2.12.0-a"),
            IMAGES.web,
            cause="not here; r.example:5000/x may have it",
        )
    ]


def test_an_image_is_pushed_under_its_name_in_the_registry() -> None:
    assert list(provision.push([IMAGES.redis], "r:5")) == [
        PushImage(IMAGES.redis, ImageRef("r:5/datacats/redis", "7-a"), cause="asked for")
    ]


def test_what_nobody_uses_is_removed_by_its_name() -> None:
    assert lines(provision.prune([IMAGES.web, IMAGES.redis])) == [
        "1 remove image datacats/web:2.12.0-a (no site uses it)",
        "2 remove image datacats/redis:7-a (no site uses it)",
    ]


def test_each_image_is_built_from_its_own_context() -> None:
    contexts = [BuildContext(ref, (), {}, {}) for ref in (IMAGES.postgres, IMAGES.web)]
    assert lines(provision.build(contexts)) == [
        "1 build datacats/postgres:15-a (neither here nor in a registry)",
        "2 build datacats/web:2.12.0-a (neither here nor in a registry)",
    ]


def test_debians_own_base_is_fetched_under_debians_name_and_ours_never_is_made_under_it() -> None:
    assert lines(provision.pull_base("debian")) == ["1 pull debian:bookworm-slim (the base of the images is not here)"]
    made = provision.make_base(("mmdebstrap",), Path("/data/x.tar"))
    assert [str(step.ref) for step in made if isinstance(step, ImportBase)] == ["datacats/base:bookworm"]


def test_a_base_is_made_anew_whatever_an_interrupted_run_left_and_leaves_no_archive() -> None:
    archive = Path("/data/_locks/base.tar")
    plan = provision.make_base(("mmdebstrap", "bookworm", str(archive)), archive)
    assert [str(step) for step in plan] == [
        f"remove {archive}",
        f"run mmdebstrap bookworm {archive}",
        f"import {archive} as datacats/base:bookworm",
        f"remove {archive}",
    ]
    assert isinstance(plan.operations[0], RemoveTree)


def test_who_cannot_make_a_base_is_told_what_it_takes_and_how_to_do_without() -> None:
    (program,) = (step for step in provision.make_base(("x",), Path("/a")) if isinstance(step, RunProgram))
    assert "apt-get install mmdebstrap" in program.hint
    assert "datacats images load FILE" in program.hint
