"""Change one thing of a site."""

from __future__ import annotations

from datacats.apply import apply
from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.hashing import ckan_hash
from datacats.model.names import PRIMARY
from datacats.model.plan import PlaceFile, Plan
from datacats.planning import admin, teardown
from datacats.services import postgres
from datacats.store import site_file
from datacats.workflows import settle, sites, spares, up
from datacats.workflows.foresee import Foreseen
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace, observe


def set_admin_password(
    reference: str | None, password: str, workspace: Workspace, events: Events = ignore, *, site: str = PRIMARY
) -> None:
    """Give the administrator a new password, making the account when it is gone; PostgreSQL is started for it."""
    with sites.hold(workspace, reference, site, events) as context:
        up.bring_up(workspace, context, up.BACKING, events)
        apply(_password(context, password), workspace.ports, events)


def plan_admin_password(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Plan:
    """Return what a new password would do, and do nothing."""
    environment = workspace.find(reference)
    context = workspace.context(environment, complete(workspace, environment, site))
    return up.plan_up(workspace, context, up.BACKING) + _password(context, "")


def renew_secrets(reference: str | None, workspace: Workspace, events: Events = ignore, *, site: str = PRIMARY) -> str:
    """Give a site new keys, and new passwords of its services: logins and API tokens end. Return where it answers.

    It is stopped first, and all of it reads its secrets when it starts.
    """
    with sites.hold(workspace, reference, site, events) as context:
        apply(_secrets(workspace, context), workspace.ports, events)
        settle.settle(workspace, context, events)
        up.bring_up(workspace, context, up.Up(), events)
    spares.launch(workspace, context)
    return f"{context.site.url}/"


def plan_secrets(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Foreseen:
    """Return what new secrets would do, and do nothing."""
    environment = workspace.find(reference)
    context = workspace.context(environment, complete(workspace, environment, site))
    return Foreseen(_secrets(workspace, context), ("bring the site up with them",))


def _secrets(workspace: Workspace, context: SiteContext) -> Plan:
    cause = "its secrets change"
    seen = observe(workspace.ports, context.environment, context.site.name).of(workspace.root.uuid)
    path, content = site_file.fresh_secrets(context.environment, context.site.name)
    placed = PlaceFile(path, content, (context.host.uid, context.host.gid), cause="asked for")
    return teardown.stop(seen, cause=cause) + settle.forget(context, cause=cause) + Plan.of([placed])


def _password(context: SiteContext, password: str) -> Plan:
    sql = admin.upsert(ckan_hash(password))
    return Plan.of([postgres.run_sql(context, "ckan", sql, what=f"the password of {admin.NAME}", cause="asked for")])
