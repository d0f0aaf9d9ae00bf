"""What CKAN and its plugins declare of their settings: the one-off container that is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files

from datacats.model.environment import SiteContext
from datacats.model.plan import RunOneOff
from datacats.model.service import ContainerSpec
from datacats.services import inside, web

PURPOSE = "settings"

COMMAND = ("python", "-c", (files(inside) / "declare.py").read_text("utf-8"))
"""The command that answers ``question``."""


def one_off(context: SiteContext) -> ContainerSpec:
    """Describe the container: it sees CKAN's code and that of extensions, and needs nothing else of the site."""
    spec = web.one_off(context, COMMAND, purpose=PURPOSE)
    code = tuple(each for each in spec.mounts if each.target in {web.PROJECT, web.LAYER})
    return replace(spec, mounts=code, networks=(), env=dict(context.environment.env))


def question(settings: Mapping[str, str]) -> bytes:
    """Return what it reads: the settings that the answer is about."""
    return json.dumps(dict(settings)).encode()


def check(context: SiteContext, settings: Mapping[str, str], key: str) -> RunOneOff:
    """Return the step that has CKAN's own validators look at a value."""
    return RunOneOff(one_off(context), question(settings), f"have CKAN check {key}", cause="before it is written")
