"""What a command would do: the plan of its first round, and what follows that cannot be planned yet."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datacats.model.environment import Environment
from datacats.model.event import Events
from datacats.model.plan import Plan
from datacats.planning import admin
from datacats.recipes import resolve_ckan
from datacats.workflows import claim, images, placement
from datacats.workflows import template as templates
from datacats.workflows.new_site import NewSite, refuse
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A plan, and the later rounds in words: each is planned from what the one before it made."""

    plan: Plan
    later: tuple[str, ...] = ()


def site(workspace: Workspace, environment: Environment, new: NewSite, events: Events) -> Foreseen:
    """Return what making a site would do, and do nothing. Raises what ``make_site`` raises before it begins."""
    wanted = refuse(workspace, environment, new)
    made = claim.foresee(workspace, environment, new.site, wanted, new.options, events)
    url = replace(made, images=wanted).url
    later = [f"clone the template to {environment.site_directory(new.site)}, for port {made.port}"]
    if workspace.ports.disk.entry(templates.sealed(workspace, wanted, placement.known(workspace))) is None:
        later.insert(0, "make the template of these images: a database and a search core without a user or secret")
    if new.serves:
        later.append(f"start postgres, solr, redis and web; wait until {url}/ answers")
    elif not new.image_only:
        later.append("start postgres, solr and redis; make two empty databases")
    if new.serves and new.sysadmin:
        later.append(f"make the administrator {admin.NAME}")
    return Foreseen(images.plan(workspace, resolve_ckan(environment.ckan)), tuple(later))
