"""From a role and a version to a recipe: same input, same image."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats import recipes
from datacats.errors import NotFound
from datacats.model import labels
from datacats.model.image import BASES, ROLES, ContextFile, HostBuild, ImageRecipe, ImageRef, Role
from datacats.recipes.sources import image_files

HOST = HostBuild(
    files=(
        ContextFile("host/ca/office.crt", b"AUTHORITY"),
        ContextFile("host/pip.conf", b"index-url = https://secret"),
    ),
    proxies={"HTTP_PROXY": "http://user:word@proxy:3128", "no_proxy": "localhost"},
)
BARE = HostBuild()


def recipe(role: Role, ckan: str = "2.12.0") -> ImageRecipe:
    return recipes.recipe(role, ckan, "amd64", "debian")


def content(made: ImageRecipe, path: str) -> str:
    return next(file.content for file in made.files if file.path == path).decode()


@pytest.mark.parametrize("role", ROLES)
def test_the_same_question_gets_the_same_digest(role: Role) -> None:
    assert recipe(role).digest == recipe(role).digest


@pytest.mark.parametrize("role", ROLES)
def test_base_and_architecture_make_another_image(role: Role) -> None:
    digests = {
        recipes.recipe(role, "2.12.0", "amd64", "debian").digest,
        recipes.recipe(role, "2.12.0", "arm64", "debian").digest,
        recipes.recipe(role, "2.12.0", "amd64", "bootstrap").digest,
    }
    assert len(digests) == 3


def test_sites_of_all_ckan_versions_share_postgres_and_redis() -> None:
    old, new = (recipes.image_set(ckan, "amd64", "debian") for ckan in ("2.10.11", "2.12.0"))
    assert (old.postgres, old.redis) == (new.postgres, new.redis)
    assert old.web != new.web
    assert old.search != new.search


def test_a_tag_begins_with_the_version_that_a_reader_knows() -> None:
    images = recipes.image_set("2.11.6", "amd64", "debian")
    assert images.web.repository == "datacats/web"
    assert images.web.tag.startswith("2.11.6-")
    assert images.search.tag.startswith("2.11.6-")
    assert images.postgres.tag.startswith("15-")
    assert images.redis.tag.startswith("7.0-")


@pytest.mark.parametrize("role", ROLES)
def test_the_set_names_what_the_recipes_make(role: Role) -> None:
    assert recipes.image_set("2.12.0", "amd64", "debian")[role] == recipe(role).ref


@pytest.mark.parametrize("role", ROLES)
def test_what_the_host_has_is_in_the_context_but_not_in_digest_labels_or_name(role: Role) -> None:
    with_host, bare = recipes.context(recipe(role), HOST), recipes.context(recipe(role), BARE)
    assert with_host.ref == bare.ref
    assert with_host.labels == bare.labels
    assert set(with_host.files) - set(bare.files) == set(HOST.files)
    assert "secret" not in repr(with_host.labels)


@pytest.mark.parametrize("role", ROLES)
def test_a_host_without_anything_special_still_has_a_directory_to_copy(role: Role) -> None:
    assert any(file.path.startswith("host/") for file in recipes.context(recipe(role), BARE).files)


def test_a_proxy_is_told_in_both_spellings_and_only_as_a_build_argument() -> None:
    context = recipes.context(recipe("web"), HOST)
    assert context.arguments["http_proxy"] == context.arguments["HTTP_PROXY"] == "http://user:word@proxy:3128"
    assert context.arguments["NO_PROXY"] == context.arguments["no_proxy"] == "localhost"
    assert b"user:word" not in b"".join(file.content for file in context.files)


@pytest.mark.parametrize("base", BASES)
def test_the_base_is_a_build_argument(base: str) -> None:
    made = recipes.recipe("redis", "2.12.0", "amd64", "debian" if base == "debian" else "bootstrap")
    assert recipes.context(made, BARE).arguments["BASE"] == BASES[made.base]


@pytest.mark.parametrize("role", ROLES)
def test_an_image_says_what_it_is_and_what_it_was_made_from(role: Role) -> None:
    made = recipe(role)
    marks = recipes.context(made, BARE).labels
    assert marks[labels.ROLE] == role
    assert marks[labels.RECIPE] == made.digest
    assert marks.get(labels.CKAN) == ("2.12.0" if role in {"web", "search"} else None)


@pytest.mark.parametrize("role", ROLES)
def test_the_role_of_an_image_is_read_from_its_name_in_any_registry(role: Role) -> None:
    ref = recipe(role).ref
    assert recipes.role_of(ref) == role
    assert recipes.role_of(ref.at("registry.example.com:5000/team")) == role


def test_a_foreign_image_has_no_role() -> None:
    with pytest.raises(NotFound):
        recipes.role_of(ImageRef("nginx", "1"))


def test_a_pinned_release_installs_nothing_without_a_hash() -> None:
    entries = content(recipe("web"), "requirements.txt").replace("\\\n", " ").splitlines()
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_another_release_of_a_line_is_asked_for_by_name_alone() -> None:
    assert content(recipe("web", "2.11.3"), "requirements.txt").splitlines()[0] == "ckan[requirements]==2.11.3"
    assert content(recipe("search", "2.11.3"), "ckan.txt") == "ckan==2.11.3\n"


@pytest.mark.parametrize("ckan", ["2.12.0", "2.11.6", "2.10.11"])
def test_the_search_schema_comes_out_of_the_very_wheel_that_web_installs(ckan: str) -> None:
    name, *hashes = content(recipe("search", ckan), "ckan.txt").split()
    assert name == f"ckan=={ckan}"
    assert hashes
    locked = content(recipe("web", ckan), "requirements.txt")
    assert all(each in locked for each in hashes)


@pytest.mark.parametrize("role", ROLES)
def test_programs_can_be_run_and_other_files_not(role: Role) -> None:
    modes = {file.path: file.mode for file in recipe(role).files}
    assert modes["shared/install"] == modes["healthy"] == 0o755
    assert modes["Dockerfile"] == 0o644


def test_what_python_leaves_beside_its_sources_is_no_part_of_an_image() -> None:
    cache = Path(recipes.__file__).parent / "images" / "web" / "__pycache__"
    there = cache.exists()
    cache.mkdir(exist_ok=True)
    image_files.cache_clear()
    try:
        assert not [file for file in image_files("web") if "__pycache__" in file.path]
    finally:
        image_files.cache_clear()
        if not there and not any(cache.iterdir()):
            cache.rmdir()
