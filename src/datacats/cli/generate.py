"""``datacats generate extension``."""

from __future__ import annotations

import click

from datacats.cli.groups import Group
from datacats.cli.options import dry_run_option, environment_option, output_options, pass_session
from datacats.cli.session import Session


@click.group("generate", cls=Group, epilog="More on one of them:  datacats help generate COMMAND")
def command() -> None:
    """Make a new extension or theme in the source directory."""


@command.command("extension", epilog="Example:  datacats generate extension my-thing")
@click.argument("name")
@click.option("--theme", is_flag=True, help="Make a theme, ckanext-NAMEtheme: a home page and colours of its own.")
@environment_option
@dry_run_option
@output_options
@pass_session
def extension(session: Session, name: str, theme: bool, environment: str | None, dry_run: bool) -> None:
    """Make ckanext-NAME: a small extension that works, with tests.

    Nothing that is there is overwritten.
    """
    from datacats.model.new_extension import new_extension  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.generate import generate, plan_generate  # noqa: PLC0415

    wanted = new_extension(name, "theme" if theme else "extension")
    if dry_run:
        session.foreseen(plan_generate(wanted, environment, session.workspace))
        return
    made = generate(wanted, environment, session.workspace, session.events())
    lines = [
        f"Made {made.directory}, with the plugin {made.plugin}.",
        "Have CKAN use it: datacats install" + (f" -e {made.environment}" if environment else ""),
    ]
    session.result(made, lines)
