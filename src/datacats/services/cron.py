"""Cron: the ``[cron]`` entries of ``datacats.toml``, run at their times in a container of the site."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from datacats.model.environment import SiteContext
from datacats.model.schedule import parse
from datacats.model.service import ServiceSpec
from datacats.services import processes

SERVICE = "cron"

_PROGRAM = ("python", "/usr/lib/datacats/cron.py")


def describe(context: SiteContext, configuration: str) -> ServiceSpec:
    """Describe cron. Its entries are its command, so that a changed entry replaces it."""
    entries = (
        json.dumps({"run": command, **asdict(parse(time))})
        for time, commands in context.environment.cron.items()
        for command in commands
    )
    described = processes.describe(context, SERVICE, configuration)
    return replace(described, container=replace(described.container, command=(*_PROGRAM, *entries)))
