"""``datacats sass``."""

from __future__ import annotations

import click

from datacats.cli.options import dry_run_option, environment_argument, output_options, pass_session
from datacats.cli.session import Session


@click.command("sass", epilog="Example:  datacats sass catstown")
@environment_argument
@dry_run_option
@output_options
@pass_session
def command(session: Session, environment: str | None, dry_run: bool) -> None:
    """Compile the Sass style sheets of the source directory, each beside its source.

    CKAN's own are found: @import "ckan/public/base/scss/main" after variables of yours makes CKAN in other colours.
    """
    from datacats.workflows.sass import compile_all, plan_compile  # noqa: PLC0415 - help must not pay for it

    if dry_run:
        session.foreseen(plan_compile(environment, session.workspace, session.events()))
        return
    made = compile_all(environment, session.workspace, session.events())
    lines = [f"Wrote {each}" for each in made.written]
    session.result(made, lines or ["All style sheets are as their sources say."])
