"""Change one thing of a site."""

from __future__ import annotations

from datacats.apply import apply
from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.hashing import ckan_hash
from datacats.model.names import PRIMARY
from datacats.model.plan import Plan
from datacats.planning import admin
from datacats.services import postgres
from datacats.workflows import up
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace


def set_admin_password(
    reference: str | None, password: str, workspace: Workspace, events: Events = ignore, *, site: str = PRIMARY
) -> None:
    """Give the administrator a new password, making the account when it is gone; PostgreSQL is started for it."""
    environment = workspace.find(reference)
    context = workspace.context(environment, complete(workspace, environment, site))
    with workspace.lock(environment, site):
        up.bring_up(workspace, context, up.BACKING, events)
        apply(_password(context, password), workspace.ports, events)


def plan_admin_password(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Plan:
    """Return what a new password would do, and do nothing."""
    environment = workspace.find(reference)
    context = workspace.context(environment, complete(workspace, environment, site))
    return up.plan_up(workspace, context, up.BACKING) + _password(context, "")


def _password(context: SiteContext, password: str) -> Plan:
    sql = admin.upsert(ckan_hash(password))
    return Plan.of([postgres.run_sql(context, "ckan", sql, what=f"the password of {admin.NAME}", cause="asked for")])
