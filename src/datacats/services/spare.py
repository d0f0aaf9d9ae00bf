"""A spare one-off container: it waits with CKAN imported for one command, and is destroyed with it."""

from __future__ import annotations

from dataclasses import replace

from datacats.model import labels
from datacats.model.environment import Mode, Placement, SiteContext
from datacats.model.names import SPARE, container_name
from datacats.model.service import ContainerSpec
from datacats.services import web

PROGRAM = "ckan"
"""The only program that a spare runs sooner than a new container would."""

_COMMAND = ("python", "/usr/lib/datacats/spare.py")


def describe(context: SiteContext, configuration: str) -> ContainerSpec:
    """Describe a site's spare. ``configuration`` is a digest of all that CKAN reads only when it starts.

    The label of its digest is its key: a spare with another one is of another image, other mounts, other process
    variables or another configuration, and is never used. Changes of source it sees itself.
    """
    spec = web.one_off(context, _COMMAND, purpose=SPARE)
    return replace(
        spec,
        name=name(context),
        stdin_open=True,
        checked=False,
        labels={**spec.labels, labels.CONFIGURATION: configuration},
    )


def name(context: SiteContext) -> str:
    """The name of a site's spare until a command takes it: then it gets a random one."""
    return container_name(SPARE, context.environment.name, context.site.name)


def wanted(context: SiteContext) -> bool:
    """Whether the site has one: a development site whose environment wants them, and that may use the memory.

    Its private files are compared on the host before it is used: one whose files lie in volumes has none.
    """
    site = context.site
    compared = site.placement is Placement.BIND
    return context.environment.spares and compared and site.mode is Mode.DEVELOPMENT and not site.low_memory
