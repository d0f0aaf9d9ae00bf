"""Bring one site to its description and to its first page: what create, start and reload share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from datacats.apply import apply
from datacats.errors import AddressTaken, NameTaken, SubnetTaken
from datacats.model.environment import SiteContext
from datacats.model.event import Events, Said
from datacats.model.names import BACKING_SERVICES, RUN_CKAN, SERVICES
from datacats.model.observed import Observed
from datacats.model.plan import (
    CreateContainer,
    Operation,
    Plan,
    RemoveContainer,
    RemoveNetwork,
    RunOneOff,
    StopContainer,
    Wait,
)
from datacats.model.service import ServiceSpec
from datacats.model.switches import services_of
from datacats.planning import teardown
from datacats.planning.converge import Following, converge
from datacats.services import files, spare, web
from datacats.services.describe import Desired, describe
from datacats.workflows import claim, losses, ours, parts, placement, rendered, startup, subnets
from datacats.workflows.workspace import Workspace, observe


@dataclass(frozen=True, slots=True)
class Up:
    """How a site is brought up.

    ``only`` names the services (None = all), ``replace`` those that are made anew even when they match; ``after_web``
    follows each start of web; without ``wait`` nobody waits for the page. Of a site that is not
    ``settled`` nothing is believed but that its services run: an earlier run may have been cut right after a start.
    With ``proven`` CKAN was seen to start as it is described.
    ``one_offs`` says that containers of web's image follow, so that it must be there.
    """

    only: Collection[str] | None = None
    replace: frozenset[str] = frozenset()
    after_web: Sequence[Operation] = field(default=())
    wait: bool = True
    settled: bool = True
    proven: bool = False
    one_offs: bool = False


BACKING = Up(only=BACKING_SERVICES)
"""Bring up the backing services, and leave web as it is."""

FOR_ONE_OFFS = replace(BACKING, one_offs=True)
"""Bring up the backing services for a command that runs beside web."""

ALL_BUT_WEB = Up(only=[each for each in SERVICES if each != "web"], one_offs=True)
"""Bring up all that web works with, and leave web as it is, for another one in its place."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A site as it should be, the plan that places its files, and what the engine holds of it.

    ``configuration`` is the digest of all that CKAN reads only when it starts; ``losses`` is what somebody removed.
    """

    desired: Desired
    placed: Plan
    observed: Observed
    configuration: str
    losses: losses.Losses


def survey(workspace: Workspace, context: SiteContext) -> Survey:
    """Describe a site and look what is there.

    Raises ConfigError, Conflict for what is not ours, NotFound for what is gone for good: it is not begun anew.
    """
    losses.refuse(workspace, context)
    desired, wanted, configuration = _desired(workspace, context)
    observed = observe(workspace.ports, context.environment, context.site.name, context.site.placement)
    begun = ours.begun(context.environment, context.site)
    ours.refuse_strangers(observed, workspace.root.uuid, begun=begun)
    losses.refuse_volumes(context, observed)
    gone = losses.look(workspace, context, desired.services, observed)
    placed = parts.private(workspace, context, wanted, observed)
    return Survey(desired, placed, gone.observed, configuration, gone)


def plan_of(workspace: Workspace, context: SiteContext, found: Survey, how: Up) -> Plan:
    """Plan what brings a site that was looked at up; an empty plan means that it runs as described."""
    desired = found.desired
    chosen = {each.service for each in desired.services if how.only is None or each.service in how.only}
    services = [each for each in desired.services if each.service in chosen | found.losses.stale]
    following = Following(
        {"postgres": (desired.passwords,), "web": how.after_web},
        [(service, probe) for service, probe in desired.ready if service != "web" or how.wait],
        how.settled,
    )
    steps = _converge(context, found, services, following, how)
    if how.only is None:
        steps += _switched_off(workspace, context, found.observed)
    last = losses.last(workspace, context, found.losses, chosen)
    return found.losses.first + found.placed + _without_spare(found, context, steps) + last


def _converge(
    context: SiteContext, found: Survey, services: Sequence[ServiceSpec], following: Following, how: Up
) -> Plan:
    """A web that serves in production is replaced when all that it works with is there, and CKAN was seen to start."""

    def bring(chosen: Sequence[ServiceSpec]) -> Plan:
        return converge(found.desired.networks, chosen, found.observed, following, anew=how.replace)

    steps = bring(services)
    if how.proven or not startup.is_due(context, found.observed, steps):
        return steps
    first, then = ([each for each in services if (each.service in RUN_CKAN) is last] for last in (False, True))
    return bring(first) + startup.trial(context, found.observed) + bring(then)


def _switched_off(workspace: Workspace, context: SiteContext, observed: Observed) -> Plan:
    wanted = services_of(context.environment, context.site)
    mine = observed.of(workspace.root.uuid).containers
    off = tuple(each for each in mine if each.service and each.service not in wanted)
    return teardown.remove(Observed(off), cause="switched off")


def plan_up(workspace: Workspace, context: SiteContext, how: Up) -> Plan:
    """Look at a site, and plan what brings it up."""
    return plan_of(workspace, context, survey(workspace, context), how)


def bring_up(workspace: Workspace, context: SiteContext, how: Up, events: Events) -> Plan:
    """Bring the site up; return what was done. The caller holds the site's lock.

    What an interrupted run asked the engine for may appear only after the first look: then there is a second one.
    """
    if how.one_offs:
        ensure_image(workspace, context, events)
    found = survey(workspace, context)
    for words in found.losses.said:
        events(Said(words))
    plan = plan_of(workspace, context, found, how)
    try:
        carry_out(workspace, context, plan, events)
    except NameTaken:
        plan = plan_up(workspace, context, replace(how, settled=False))
        carry_out(workspace, context, plan, events)
    return plan


def carry_out(workspace: Workspace, context: SiteContext, plan: Plan, events: Events) -> None:
    """Carry out a plan that brings a site up, with the image that it asks for.

    Raises AddressTaken naming who has its port, CommandFailed when CKAN does not start in place of one that serves.
    """
    if needs_image(context, plan):
        ensure_image(workspace, context, events)
    with claim.explaining(workspace, context), startup.explaining(workspace, context):
        apply(plan, workspace.ports, events)


def needs_image(context: SiteContext, plan: Plan) -> bool:
    """Whether a plan makes a container of web's image."""
    made = (step for step in plan if isinstance(step, (CreateContainer, RunOneOff)))
    return any(step.spec.image == context.web_image for step in made)


def ensure_image(workspace: Workspace, context: SiteContext, events: Events) -> None:
    """Have web's image: the system packages may have changed since web was last brought up."""
    if context.environment.system_packages:
        from datacats.workflows import builder  # noqa: PLC0415 - few have such packages

        builder.ensure_packages(workspace, context, events)


def bring_up_anywhere(
    workspace: Workspace, context: SiteContext, how: Up, events: Events, tries: int = 5
) -> tuple[SiteContext, Plan]:
    """Bring the site up; when somebody else has taken its subnets, give it others, which are written down.

    Two data roots know nothing of each other's promises until networks are made. So with a port that nobody chose, of
    a site that is being made. Return the context that holds now.
    """
    try:
        return context, bring_up(workspace, context, how, events)
    except AddressTaken as error:
        is_subnet = isinstance(error, SubnetTaken)
        if not tries or not (is_subnet or claim.may_move(context.site)):
            raise
    move = _move_subnets if is_subnet else claim.move
    return bring_up_anywhere(workspace, move(workspace, context, events), how, events, tries - 1)


def _move_subnets(workspace: Workspace, context: SiteContext, events: Events) -> SiteContext:
    with workspace.root.lock(workspace.ports.disk, events=events):
        context = subnets.give(workspace, context)
        claim.write(workspace, context.environment, context.site)
    events(Said(f"A subnet of {context.site.name} is taken by now; it gets {' and '.join(context.site.subnets)}."))
    return context


def _without_spare(found: Survey, context: SiteContext, steps: Plan) -> Plan:
    """What knows the site as it was, and is on its networks, goes before anything else does.

    Where no more than web goes, a new one need not wait for that: nobody takes the spare while the site is locked.
    """
    there = found.observed.container(spare.name(context))
    waits = [isinstance(step, Wait) for step in steps]
    if there is None or all(waits):
        return steps
    gone = RemoveContainer(there.name, cause="the site changes")
    goes = {step.name for step in steps if isinstance(step, StopContainer | RemoveContainer | RemoveNetwork)}
    at = [*waits, True].index(True) if goes <= {web.container(context)} else 0
    return Plan.of([*steps.operations[:at], gone, *steps.operations[at:]])


def _desired(workspace: Workspace, context: SiteContext) -> tuple[Desired, parts.Private, str]:
    placement.check_source(workspace, context)
    wanted = rendered.of(workspace, context)
    copy = parts.copied(workspace, context)
    configuration = files.configuration_digest(wanted.texts, wanted.choices + copy)
    return describe(context, wanted.secrets, configuration), parts.Private(wanted.texts, copy), configuration
