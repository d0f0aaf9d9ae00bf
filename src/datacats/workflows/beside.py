"""What an installation changes beside web, in ``datacats.toml``: services that are switched, commands of ``[cron]``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from datacats.model.environment import Environment
from datacats.model.switches import is_on
from datacats.store import environment_file, site_file
from datacats.workflows.plugins import Choice
from datacats.workflows.workspace import Workspace


def changed(content: bytes, environment: Environment, choice: Choice) -> bytes:
    """Return the content of ``datacats.toml`` with what a choice switches and lets run."""
    for service, on in choice.services.items():
        change = partial(environment_file.with_service, on=True) if on else environment_file.without_service
        if not (on and environment.services.get(service)):
            content = change(content, service)
    for command, time in choice.cron.items():
        if not time:
            content = environment_file.without_command(content, command)
        elif not _runs(environment, command):
            content = environment_file.with_command(content, time, command)
    return content


def notes(workspace: Workspace, environment: Environment, choice: Choice) -> Iterator[str]:
    """Say what is switched on that a site had not, and what runs at its times from now on."""
    disk = workspace.ports.disk
    sites = [site_file.read(disk, environment, name) for name in site_file.names(disk, environment)]
    on = [service for service, there in choice.services.items() if there]
    fresh = [service for service in on if not all(is_on(service, environment, site) for site in sites)]
    if fresh:
        yield f"Switched on in datacats.toml: {', '.join(fresh)}"
    commands = {each: time for each, time in choice.cron.items() if time and not _runs(environment, each)}
    for command, time in commands.items():
        yield f"Added to [cron] of datacats.toml: {command} ({time})"
    after = replace(environment, cron={**environment.cron, **{time: (each,) for each, time in commands.items()}})
    if commands and not all(is_on("cron", after, site) for site in sites):
        yield f"cron is switched off: that does not run. Switch it on: datacats service add cron -e {environment.name}"


def _runs(environment: Environment, command: str) -> bool:
    return any(command in commands for commands in environment.cron.values())
