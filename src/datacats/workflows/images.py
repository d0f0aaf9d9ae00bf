"""Have the images of an environment: here, from a registry, or built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from datacats import recipes
from datacats.apply import apply
from datacats.errors import BuildFailed, EngineError, UnknownVersion
from datacats.model.event import Events, Said
from datacats.model.image import BASES, BaseKind, BuildContext, ImageRef, ImageSet
from datacats.model.plan import Plan
from datacats.planning import provision
from datacats.store import host
from datacats.workflows import space
from datacats.workflows.workspace import Workspace

_ABSENT = "there is no version of ckan[requirements]=={}"
"""What uv says of a release that the index does not have."""

_KINDS: tuple[BaseKind, ...] = ("debian", "bootstrap")


def wanted(workspace: Workspace, ckan: str) -> tuple[ImageSet, tuple[ImageRef, ...]]:
    """Return the images that CKAN version runs on here, and which of them are missing."""
    present = _present(workspace)
    images = provision.choose(_candidates(workspace, ckan, _KINDS), present)
    return images, provision.missing(images, present)


def plan(workspace: Workspace, ckan: str) -> Plan:
    """Return what would make the images present, as far as it can be told before the registry is asked."""
    absent = wanted(workspace, ckan)[1]
    if not absent:
        return Plan()
    if registry := workspace.env.get("DATACATS_REGISTRY"):
        return provision.pull(absent, registry)
    kinds = [kind for kind in _KINDS if workspace.ports.engine.images.exists(ImageRef.parse(BASES[kind]))]
    base = provision.pull_base(_KINDS[0]) if not kinds else Plan()
    facts = host.host_build(workspace.ports.disk, workspace.env)
    architecture = workspace.engine_info().architecture
    kind = kinds[0] if kinds else _KINDS[0]
    contexts = [
        recipes.context(recipes.recipe(recipes.role_of(ref), ckan, architecture, kind), facts)
        for ref in provision.missing(_candidates(workspace, ckan, (kind,))[0], _present(workspace))
    ]
    return base + Plan.of(provision.build(contexts))


def ensure(workspace: Workspace, ckan: str, events: Events) -> ImageSet:
    """Make the images present: take what is here, else ask the registry, else build."""
    images, absent = wanted(workspace, ckan)
    if not absent:
        return images
    space.refuse_images(workspace, absent)
    if registry := workspace.env.get("DATACATS_REGISTRY"):
        _pull(workspace, _candidates(workspace, ckan, _KINDS), registry, events)
        images, absent = wanted(workspace, ckan)
    if absent:
        kind = _base(workspace, events)
        images = provision.choose(_candidates(workspace, ckan, (kind,)), _present(workspace))
        _build(workspace, ckan, kind, provision.missing(images, _present(workspace)), events)
    return images


def made_here(workspace: Workspace, ckan: str) -> ImageSet | None:
    """Return the images that would be built now; None where no base image is here that decides on their kind."""
    images = workspace.ports.engine.images
    kind = next((each for each in _KINDS if images.exists(ImageRef.parse(BASES[each]))), None)
    return _candidates(workspace, ckan, (kind,))[0] if kind else None


def _present(workspace: Workspace) -> frozenset[str]:
    return frozenset(name for image in workspace.ports.engine.images.list() for name in image.names)


def _candidates(workspace: Workspace, ckan: str, kinds: Sequence[BaseKind]) -> list[ImageSet]:
    architecture = workspace.engine_info().architecture
    return [recipes.image_set(ckan, architecture, kind) for kind in kinds]


def _pull(workspace: Workspace, candidates: Sequence[ImageSet], registry: str, events: Events) -> None:
    for images in candidates:
        try:
            apply(provision.pull(provision.missing(images, _present(workspace)), registry), workspace.ports, events)
        except EngineError as error:
            events(Said(f"{registry}: {error.message}"))
        else:
            return


def _base(workspace: Workspace, events: Events) -> BaseKind:
    engine = workspace.ports.engine
    for kind in _KINDS:
        if engine.images.exists(ImageRef.parse(BASES[kind])):
            return kind
    with workspace.root.lock(workspace.ports.disk, "image-base", events=events):
        try:
            apply(provision.pull_base("debian"), workspace.ports, events)
        except EngineError as error:
            events(Said(f"{BASES['debian']} cannot be pulled ({error.message}); it is made from Debian's packages."))
            archive = workspace.root.path / "_locks" / "base.tar"
            apply(provision.make_base(recipes.bootstrap(str(archive)), archive), workspace.ports, events)
            return "bootstrap"
    return "debian"


def _build(workspace: Workspace, ckan: str, kind: BaseKind, absent: Sequence[ImageRef], events: Events) -> None:
    facts = host.host_build(workspace.ports.disk, workspace.env)
    architecture = workspace.engine_info().architecture
    for ref in absent:
        role = recipes.role_of(ref)
        context = recipes.context(recipes.recipe(role, ckan, architecture, kind), facts)
        with _explaining(ckan):
            build_once(workspace, context, events)


@contextmanager
def _explaining(ckan: str) -> Iterator[None]:
    """Have a release that there is not called that, in place of a build that failed."""
    try:
        yield
    except BuildFailed as error:
        if _ABSENT.format(ckan) not in error.detail:
            raise
        raise UnknownVersion(
            f"The Python index has no CKAN {ckan}.",
            f"Ask for a release that there is (--ckan, or ckan in datacats.toml), for example {recipes.DEFAULT_CKAN}.",
        ) from error


def build_once(workspace: Workspace, context: BuildContext, events: Events) -> None:
    """Build an image that is not there; of several that want it at once one builds, and the others wait."""
    with workspace.root.lock(workspace.ports.disk, f"image-{context.ref.tag}", events=events):
        if not workspace.ports.engine.images.exists(context.ref):
            apply(Plan.of(provision.build([context])), workspace.ports, events)
