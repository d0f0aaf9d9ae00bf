"""Images as values: names, recipes and their digests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from datacats.model.image import BASES, ROLES, ContextFile, ImageRecipe, ImageRef, ImageSet

DOCKERFILE = ContextFile("Dockerfile", b"FROM base\n")
RECIPE = ImageRecipe("web", "2.12.0", "debian", "amd64", (DOCKERFILE, ContextFile("start", b"#!/bin/sh\n", 0o755)))


@pytest.mark.parametrize(
    ("text", "repository", "tag"),
    [
        ("datacats/web:2.12.0-abc", "datacats/web", "2.12.0-abc"),
        ("debian", "debian", "latest"),
        ("localhost:5000/datacats/web", "localhost:5000/datacats/web", "latest"),
        ("localhost:5000/datacats/web:1", "localhost:5000/datacats/web", "1"),
    ],
)
def test_a_reference_splits_at_its_tag_and_never_at_a_registry_port(text: str, repository: str, tag: str) -> None:
    assert ImageRef.parse(text) == ImageRef(repository, tag)


def test_a_reference_reads_back_from_its_own_text() -> None:
    ref = ImageRef("datacats/web", "2.12.0-abc").at("registry.example:5000/team")
    assert str(ref) == "registry.example:5000/team/datacats/web:2.12.0-abc"
    assert ImageRef.parse(str(ref)) == ref


def test_the_base_made_here_never_bears_the_name_of_debian() -> None:
    assert BASES["debian"].startswith("debian:")
    assert BASES["bootstrap"].startswith("datacats/")


def test_a_recipe_is_tagged_by_its_version_and_its_content() -> None:
    assert str(RECIPE.ref) == f"datacats/web:2.12.0-{RECIPE.digest[:12]}"


CHANGES: dict[str, Callable[[ImageRecipe], ImageRecipe]] = {
    "role": lambda r: replace(r, role="search"),
    "version": lambda r: replace(r, version="2.12.1"),
    "base": lambda r: replace(r, base="bootstrap"),
    "architecture": lambda r: replace(r, architecture="arm64"),
    "files": lambda r: replace(r, files=r.files[:1]),
    "a file's content": lambda r: replace(r, files=(replace(DOCKERFILE, content=b"FROM other\n"), *r.files[1:])),
    "a file's path": lambda r: replace(r, files=(replace(DOCKERFILE, path="Containerfile"), *r.files[1:])),
    "a file's mode": lambda r: replace(r, files=(replace(DOCKERFILE, mode=0o600), *r.files[1:])),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_decides_the_content_of_an_image_changes_its_digest(what: str) -> None:
    assert CHANGES[what](RECIPE).digest != RECIPE.digest


def test_no_field_of_a_recipe_is_left_out_of_that_test() -> None:
    assert {field.name for field in fields(ImageRecipe)} <= set(CHANGES)


def test_the_order_in_which_files_are_named_does_not_matter() -> None:
    assert replace(RECIPE, files=RECIPE.files[::-1]).digest == RECIPE.digest


def test_the_content_of_a_file_cannot_pose_as_the_next_file() -> None:
    two = replace(RECIPE, files=(ContextFile("a", b"x"), ContextFile("b", b"y")))
    one = replace(RECIPE, files=(ContextFile("a", b"xb\x00644\x00y"),))
    assert one.digest != two.digest


def test_an_image_set_gives_the_image_of_each_role() -> None:
    images = ImageSet(*(ImageRef(f"datacats/{role}", "1") for role in ROLES))
    assert [images[role].repository for role in ROLES] == [f"datacats/{role}" for role in ROLES]


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("datacats/web:2.12.0-29158dd1a4a8", "2.12.0"),
        ("datacats/redis:7.0-ab20", "7.0"),
        ("r:5000/datacats/web:2.11.6-a0f", "2.11.6"),
    ],
)
def test_the_version_of_an_image_is_what_its_tag_begins_with(name: str, version: str) -> None:
    assert ImageRef.parse(name).version == version
