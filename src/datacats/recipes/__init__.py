"""What images are made of: a role and a CKAN version in, a build context out."""

from datacats.recipes.assemble import builder, builder_ref, context, extended, image_set, recipe, role_of
from datacats.recipes.base import bootstrap
from datacats.recipes.versions import DEFAULT_CKAN, LINES, Line, pins, resolve_ckan

__all__ = [
    "DEFAULT_CKAN",
    "LINES",
    "Line",
    "bootstrap",
    "builder",
    "builder_ref",
    "context",
    "extended",
    "image_set",
    "pins",
    "recipe",
    "resolve_ckan",
    "role_of",
]
