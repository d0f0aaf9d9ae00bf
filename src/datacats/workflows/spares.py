"""Spare one-off containers: one stands ready for a site's next command, is taken by it, and is replaced after."""

from __future__ import annotations

import secrets
import sys
from contextlib import suppress

from datacats.errors import DiskError, NoSuchContainer
from datacats.model import labels
from datacats.model.environment import SiteContext
from datacats.model.observed import Observed
from datacats.services import files, postgres, redis, solr, spare
from datacats.workflows import rendered
from datacats.workflows.workspace import Workspace

OFF = "DATACATS_SPARES"
"""The process variable that, being 0, leaves all sites without spares."""


def wanted(workspace: Workspace, context: SiteContext) -> bool:
    """Whether the site has a spare while it runs."""
    return spare.wanted(context) and workspace.env.get(OFF) != "0"


def take(workspace: Workspace, context: SiteContext) -> str | None:
    """Take the spare for one command; return its new, random name. None where there is none that may be used at once.

    That is where all is in place: the site's files, its backing services, and a spare, each as described. One list
    request tells. A backing service that runs is not asked whether it is ready: the spare was made after the first
    page. The caller holds the site's lock: what was seen is still there, and only one can take it. One that is lost to
    an interrupt is replaced.
    """
    configuration = _configuration(workspace, context) if wanted(workspace, context) else None
    if configuration is None:
        return None
    described = [service.describe(context).container for service in (postgres, solr, redis)]
    described.append(spare.describe(context, configuration))
    mine = workspace.ports.engine.containers.list(label=f"{labels.ENVIRONMENT}={context.environment.name}")
    seen = Observed(mine).of(workspace.root.uuid)
    there = ((seen.container(spec.name), spec) for spec in described)
    if not all(each is not None and each.runs_as(spec) for each, spec in there):
        return None
    name = f"one_off_{secrets.token_hex(6)}"
    try:
        workspace.ports.engine.spares.take(spare.name(context), name)
    except NoSuchContainer:
        return None
    except KeyboardInterrupt:
        launch(workspace, context)
        raise
    return name


def _configuration(workspace: Workspace, context: SiteContext) -> str | None:
    """Return the digest of what CKAN reads when it starts, or None when a file of it is not as described."""
    disk = workspace.ports.disk
    found = rendered.of(workspace, context)
    if any(disk.entry(path) is None or disk.read(path) != content for path, content in found.texts.items()):
        return None
    return files.configuration_digest(found.texts, found.choices)


def launch(workspace: Workspace, context: SiteContext) -> None:
    """Have a spare made by a process of its own that nobody waits for; one that cannot be started is not missed."""
    if not wanted(workspace, context):
        return
    words = (sys.executable, "-m", "datacats", "spare", "-q", "-s", context.site.name, context.environment.name)
    with suppress(DiskError):
        workspace.ports.disk.launch(words, workspace.env)
