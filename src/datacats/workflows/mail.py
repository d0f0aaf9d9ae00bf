"""What mails a development site has sent: they were caught, and are shown here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from datacats.errors import CommandFailed, Conflict, NotFound
from datacats.model.environment import Mode, SiteContext
from datacats.model.names import PRIMARY, typed
from datacats.services import mail
from datacats.workflows import ours
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was caught. ``text`` and the names of ``attachments`` are there when it was asked for alone."""

    number: int
    date: str
    sender: str
    recipients: str
    subject: str
    text: str = field(default="", repr=False)
    attachments: tuple[str, ...] = ()


def mails(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> tuple[Mail, ...]:
    """Return the mails of a site, oldest first, without their texts.

    Raises NoSuchContainer when it does not run, Conflict where none is caught.
    """
    return tuple(Mail(**each) for each in _ask(reference, workspace, site, "list"))


def show(number: int, reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Mail:
    """Return one mail with its text. Raises NotFound when there is none of that number."""
    found = _ask(reference, workspace, site, "show", str(number))
    if found is None:
        raise NotFound(f"There is no mail {number}.", "See which there are: datacats mail")
    return Mail(**{**found, "attachments": tuple(found["attachments"])})


def refuse_production(context: SiteContext) -> None:
    """Raise Conflict for a site whose mails are sent."""
    name, site = context.environment.name, context.site
    if site.mode is Mode.PRODUCTION:
        raise Conflict(
            f"{name} is in production mode: its mails are sent, as ckan.ini says (smtp.*), and none is caught.",
            f"They are caught in development mode: {typed('start --development', name, site.name)}",
        )


def _ask(reference: str | None, workspace: Workspace, site: str, *words: str) -> Any:  # noqa: ANN401 - JSON
    environment = workspace.find(reference)
    refuse_production(workspace.context(environment, site))
    seen = ours.container(workspace, environment, site, mail.SERVICE)
    done = workspace.ports.engine.containers.execute(seen.name, mail.command(*words))
    if done.exit_code != 0:
        detail = done.stderr.decode(errors="replace")
        raise CommandFailed("The mails cannot be read.", "The lines above say why.", detail=detail)
    return json.loads(done.stdout)
