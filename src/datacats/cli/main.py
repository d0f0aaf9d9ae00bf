"""The command line: finds the command, runs it, and turns every ending into a documented exit status."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datacats.cli.commands import COMMANDS
from datacats.cli.session import Session
from datacats.errors import DatacatsError, UsageError

if TYPE_CHECKING:
    from datacats.workflows.workspace import Workspace

_INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"datacats.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        import difflib  # noqa: PLC0415 - only a mistake needs it

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"Did you mean: datacats {near[0]}" if near else "See: datacats --help"
            raise UsageError(f"There is no command {args[0]!r}.", hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing the commands."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", package_name="datacats", message="datacats %(version)s")
def root() -> None:
    """Run CKAN data catalogues in Docker containers.

    A first site, from nothing to its home page:  datacats create catstown
    """


def run(arguments: list[str]) -> int:
    """Run one command and return the exit status. Errors that datacats knows show no traceback."""
    session = Session(_open_workspace, json="--json" in arguments)
    try:
        status = root.main(arguments, prog_name="datacats", standalone_mode=False, obj=session)
    except DatacatsError as error:
        return _fail(session, error)
    except click.ClickException as error:
        return _fail(session, UsageError(error.format_message(), _usage_hint(error)))
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("\nInterrupted. Run the same command again to carry on.\n")
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0


def _open_workspace() -> Workspace:
    from datacats.engine.connect import connect_all  # noqa: PLC0415 - importing the engine takes a while
    from datacats.workflows.workspace import Workspace  # noqa: PLC0415

    env = dict(os.environ)
    return Workspace.open(connect_all(env), env, Path.cwd())


def _fail(session: Session, error: DatacatsError) -> int:
    from datacats.cli import render  # noqa: PLC0415 - a run that ends well does not need it

    if session.json:
        render.document(session.command, "error", render.error_record(error))
    else:
        sys.stderr.write("".join(f"{line}\n" for line in render.error_lines(error)))
    return error.exit_code


def _usage_hint(error: click.ClickException) -> str:
    context: Any = getattr(error, "ctx", None)
    return f"See: {context.command_path} --help" if context is not None else "See: datacats --help"
