"""``datacats images``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from datacats.cli import values
from datacats.cli.columns import columns, width
from datacats.cli.groups import Group
from datacats.cli.options import dry_run_option, output_options, pass_session
from datacats.cli.session import Session
from datacats.cli.transfer import force_option, reading_twice, source_argument, target_argument, writing, wrote

_FEW = 2
_MEGABYTE = 1_000_000

ckan_option = click.option(
    "--ckan",
    default="2.12",
    show_default=True,
    metavar="VERSION",
    shell_complete=values.ckan_versions,
    help="The CKAN version, or its line.",
)
registry_option = click.option(
    "--registry", metavar="HOST:PORT", help="The registry.  [default: what DATACATS_REGISTRY names]"
)


@click.group("images", cls=Group, epilog="More on one of them:  datacats help images COMMAND")
def command() -> None:
    """List, make and move the images of datacats.

    Images of others are never touched.
    """


@command.command("list", epilog="Example:  datacats images list")
@output_options
@pass_session
def list_(session: Session) -> None:
    """List the images, their sizes, and the sites that use them."""
    from datacats.cli.documents import LocalImages  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.image_store import every  # noqa: PLC0415

    found = every(session.workspace)
    rows = [
        (each.name, f"{each.size / _MEGABYTE:.0f} MB", "current" if each.current else "old", _users(each.used_by))
        for each in found
    ]
    lines = columns(rows, width())
    empty = ["No images yet. Make them: datacats images build"]
    session.result(LocalImages(found), lines or empty)


def _users(names: Sequence[str]) -> str:
    """Tell who uses an image: sites by name, many of other data roots by their number."""
    others = [name for name in names if ":" in name]
    told = others if len(others) <= _FEW else [f"({len(others)} of other data roots)"]
    return " ".join([*(name for name in names if name not in others), *told]) or "-"


@command.command("build", epilog="Example:  datacats images build --ckan 2.11")
@ckan_option
@registry_option
@dry_run_option
@output_options
@pass_session
def build(session: Session, ckan: str, registry: str | None, dry_run: bool) -> None:
    """Have the images of a CKAN version here: from the registry, else built."""
    have(session, (ckan,), registry, dry_run=dry_run)


def have(session: Session, versions: Sequence[str], registry: str | None, *, dry_run: bool) -> None:
    """Have the images of CKAN versions here and show their names, or show the plan."""
    from datacats.cli.documents import Images  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import image_store  # noqa: PLC0415

    workspace = session.workspace.with_registry(registry)
    if dry_run:
        session.foreseen(image_store.plan_build(versions, workspace))
        return
    names = tuple(str(ref) for ref in image_store.build_all(versions, workspace, session.events()))
    session.result(Images(names), names)


@command.command("push", epilog="Example:  datacats images push --registry registry.example.org:5000")
@ckan_option
@registry_option
@dry_run_option
@output_options
@pass_session
def push(session: Session, ckan: str, registry: str | None, dry_run: bool) -> None:
    """Send the images of a CKAN version to a registry."""
    from datacats.cli.documents import Images  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import image_store  # noqa: PLC0415

    target = image_store.registry_of(session.workspace, registry)
    if dry_run:
        session.foreseen(image_store.plan_push(ckan, target, session.workspace))
        return
    names = tuple(str(ref) for ref in image_store.push(ckan, target, session.workspace, session.events()))
    session.result(Images(names), names)


@command.command("save", epilog="Example:  datacats images save ckan-2.12.tar")
@target_argument
@force_option
@ckan_option
@output_options
@pass_session
def save(session: Session, file: Path, force: bool, ckan: str) -> None:
    """Write the images of a CKAN version to FILE, for a machine without a network."""
    from datacats.cli.documents import Archive  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import image_store  # noqa: PLC0415

    with writing(session, file, force=force) as target:
        names = tuple(str(ref) for ref in image_store.save(ckan, target, session.workspace, session.events()))
    wrote(session, Archive(file, names))


@command.command("load", epilog="Example:  datacats images load ckan-2.12.tar")
@source_argument
@dry_run_option
@output_options
@pass_session
def load(session: Session, file: Path, dry_run: bool) -> None:
    """Take in the images of FILE (- for standard input), which save wrote."""
    from datacats.cli.documents import Archive  # noqa: PLC0415 - help must not pay for it
    from datacats.model.plan import Plan  # noqa: PLC0415
    from datacats.workflows import image_archive, image_store  # noqa: PLC0415

    with reading_twice(file) as source:
        if dry_run:
            session.foreseen(Plan(), [f"load {name}" for name in image_archive.names(source)])
            return
        names = image_store.load(source, session.workspace, session.events())
    session.result(Archive(file, names), [f"Loaded {file}"])


@command.command("prune", epilog="Example:  datacats images prune")
@dry_run_option
@output_options
@pass_session
def prune(session: Session, dry_run: bool) -> None:
    """Remove the images of datacats that no site uses and no new environment would run on.

    Sites of other data roots count, and so does every container on this engine.
    """
    from datacats.cli.documents import PrunedImages  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import image_store  # noqa: PLC0415

    if dry_run:
        session.foreseen(image_store.plan_prune(session.workspace))
        return
    done = image_store.prune(session.workspace, session.events())
    kept = [f"{name} stays: it is in use" for name in done.kept]
    record = PrunedImages(tuple(map(str, done.plan)), done.kept)
    session.result(record, [f"Removed {len(done.plan)} images", *kept])
