"""From a role and a version to a recipe, and from a recipe to what one build sends to the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from datacats.errors import NotFound
from datacats.model import labels
from datacats.model.image import (
    BASES,
    ROLES,
    BaseKind,
    BuildContext,
    ContextFile,
    HostBuild,
    ImageRecipe,
    ImageRef,
    ImageSet,
    Role,
    with_packages,
)
from datacats.recipes.sources import build_files, image_files, packages_files, search_files, web_files
from datacats.recipes.versions import POSTGRES, REDIS


def recipe(role: Role, ckan: str, architecture: str, base: BaseKind) -> ImageRecipe:
    """Describe the image of that role for an exact CKAN version."""
    files = image_files(role)
    if role == "web":
        return ImageRecipe(role, ckan, base, architecture, files + web_files(ckan))
    if role == "search":
        return ImageRecipe(role, ckan, base, architecture, files + search_files(ckan))
    return ImageRecipe(role, {"postgres": POSTGRES, "redis": REDIS}[role], base, architecture, files)


def image_set(ckan: str, architecture: str, base: BaseKind) -> ImageSet:
    """Name the four images of an exact CKAN version."""
    web, postgres, search, redis = (recipe(role, ckan, architecture, base).ref for role in ROLES)
    return ImageSet(web=web, postgres=postgres, search=search, redis=redis)


def extended(web: ImageRef, packages: Sequence[str], host: HostBuild) -> BuildContext:
    """Return the build of the image that is ``web`` with Debian packages installed in it."""
    return _derived("web", with_packages(web, packages), web, packages_files(packages), host)


def builder_ref(web: ImageRef) -> ImageRef:
    """Return the name of the image that installs extensions for containers of ``web``."""
    return ImageRef("datacats/build", f"{web.tag}-{_digest(build_files())[:12]}")


def builder(web: ImageRef, host: HostBuild) -> BuildContext:
    """Return the build of the image that installs extensions for containers of ``web``: it, a compiler, and uv."""
    return _derived("build", builder_ref(web), web, build_files(), host)


def _derived(
    role: Role, ref: ImageRef, base: ImageRef, files: tuple[ContextFile, ...], host: HostBuild
) -> BuildContext:
    marks = {labels.ROLE: role, labels.RECIPE: _digest(files), labels.CKAN: base.version}
    return _on_host(BuildContext(ref, files, {"BASE": str(base)}, marks), host)


def _digest(files: tuple[ContextFile, ...]) -> str:
    return hashlib.sha256(repr([(file.path, file.mode, file.content) for file in files]).encode()).hexdigest()


def role_of(ref: ImageRef) -> Role:
    """Return the role of an image, in whatever registry it lies."""
    name = ref.repository.rpartition("/")[2]
    for role in get_args(Role):
        if role == name:
            found: Role = role
            return found
    raise NotFound(f"{ref} is no image of datacats.", f"datacats makes images named datacats/{{{','.join(ROLES)}}}.")


def context(recipe: ImageRecipe, host: HostBuild) -> BuildContext:
    """Return one build's context: the recipe's files, and below ``host/`` what build stages need of the host."""
    return _on_host(BuildContext(recipe.ref, recipe.files, {"BASE": BASES[recipe.base]}, _labels(recipe)), host)


def _on_host(build: BuildContext, host: HostBuild) -> BuildContext:
    """Add what build stages need of the host: no part of the recipe, or of the image."""
    always_there = ContextFile("host/README", b"What build stages need of the host; no part of the image.\n")
    return replace(
        build,
        files=(*build.files, always_there, *host.files),
        arguments={**build.arguments, **_both_spellings(host.proxies)},
    )


def _both_spellings(proxies: Mapping[str, str]) -> dict[str, str]:
    """Apt reads ``http_proxy`` only, other programs only ``HTTP_PROXY``; the engine knows both."""
    return {spelling: value for name, value in proxies.items() for spelling in (name.lower(), name.upper())}


def _labels(recipe: ImageRecipe) -> dict[str, str]:
    marks = {labels.ROLE: recipe.role, labels.RECIPE: recipe.digest}
    return {**marks, labels.CKAN: recipe.version} if recipe.role in ("web", "search") else marks
