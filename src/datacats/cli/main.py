"""The command line: finds the command, runs it, and turns every ending into a documented exit status."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from datacats.cli.commands import COMMANDS, GROUPS, PASS_THROUGH, SUCCESSORS
from datacats.cli.groups import Group
from datacats.cli.narrow import Formatter
from datacats.cli.options import all_output_options
from datacats.cli.session import Session
from datacats.cli.streams import be_tolerant
from datacats.errors import DatacatsError, DiskError, NoEnvironment, UsageError
from datacats.model.nearest import nearest
from datacats.version import VERSION

if TYPE_CHECKING:
    from datacats.workflows.checks.facts import Facts
    from datacats.workflows.workspace import Workspace

click.Context.formatter_class = Formatter


class LazyGroup(Group):
    """A group whose commands are imported when they are used, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None."""
        if cmd_name not in COMMANDS:
            return None
        session = ctx.find_object(Session)
        if session is not None:
            session.command = cmd_name
        module = importlib.import_module(f"datacats.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of an older version's name the one of today."""
        if args[0] in SUCCESSORS:
            raise UsageError(f"There is no command {args[0]!r} any more.", f"Use: datacats {SUCCESSORS[args[0]]}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing the commands, under headings that say what one wants to do."""
        del ctx
        width = max(map(len, COMMANDS))
        for heading, rows in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:<{width}}", text) for name, (_, text) in rows.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it printed is out before its end counts as good."""
        status = super().invoke(ctx)
        sys.stdout.flush()
        return status


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@all_output_options
@click.version_option(VERSION, "-V", "--version", message="datacats %(version)s")
def root() -> None:
    """Run CKAN data catalogues in Docker containers.

    A first site, from nothing to its home page:  datacats create catstown

    More on a command:  datacats help COMMAND

    More on a topic, and which there are:  datacats help TOPIC, datacats help topics
    """


def run(arguments: list[str], open_workspace: Callable[[], Workspace] | None = None) -> int:
    """Run one command and return the exit status. Errors that datacats knows show no traceback.

    ``open_workspace`` is called when the command first needs its workspace; without it the real ports are opened.
    """
    be_tolerant()
    session = Session(open_workspace or _open_workspace, look=None if open_workspace else _look)
    words = session.words = arguments
    try:
        status = root.main(words, prog_name="datacats", standalone_mode=False, obj=session)
    except DatacatsError as error:
        return _fail(session, words, error)
    except click.ClickException as error:
        return _fail(session, words, UsageError(error.format_message(), _usage_hint(error)))
    except (KeyboardInterrupt, click.Abort) as error:
        from datacats.cli.termination import interrupted  # noqa: PLC0415 - a run that ends well does not need it

        return _fail(session, words, interrupted(error))
    except OSError as error:
        return _unwritten(
            session, DiskError(f"The output cannot be written: {error.strerror}.", "Check where it goes.")
        )
    except SystemExit:  # how click ends when whoever reads our output has seen enough
        return 0
    finally:
        session.end_progress()
    return status if isinstance(status, int) else 0


def _open_workspace() -> Workspace:
    from pathlib import Path  # noqa: PLC0415 - help must not pay for it

    from datacats.cli.termination import end_in_order  # noqa: PLC0415 - help must not pay for it
    from datacats.engine.connect import connect_all  # noqa: PLC0415 - importing the engine takes a while
    from datacats.workflows.workspace import Workspace  # noqa: PLC0415

    end_in_order()
    try:
        cwd = Path.cwd()
    except FileNotFoundError as error:
        raise UsageError("The current directory is gone.", "Go to one that is there: cd") from error
    env = dict(os.environ)
    return Workspace.open(connect_all(env), env, cwd)


def _look() -> Facts:
    from pathlib import Path  # noqa: PLC0415 - help must not pay for it

    from datacats.engine.connect import connect_to_look  # noqa: PLC0415 - importing the engine takes a while
    from datacats.workflows.checks.facts import Facts  # noqa: PLC0415

    env = dict(os.environ)
    try:
        cwd = Path.cwd()
    except FileNotFoundError:
        cwd = Path("/")
    return Facts(connect_to_look(env), env, cwd)


def _fail(session: Session, words: list[str], error: DatacatsError) -> int:
    """Tell an error: in words on standard error, or in a document on standard output."""
    from datacats.cli import failure  # noqa: PLC0415 - a run that ends well does not need it

    if session.by_option and isinstance(error, NoEnvironment):
        named = f"datacats {session.command} -e NAME"
        error.hint = f"Name an environment (see: datacats list): {named}; or make one: datacats create NAME"
    session.end_progress()
    if session.command not in PASS_THROUGH:  # what is wrong with the words was found before all of them were read
        session.json = session.json or "--json" in words
        session.stream = session.stream or "--events" in words
    try:
        failure.tell(session, error)
    except OSError:
        return _unwritten(session, error)
    return error.exit_code


def _unwritten(session: Session, error: DatacatsError) -> int:
    """Tell an error of which standard output took nothing; Python must not try that again at its end."""
    from datacats.cli import failure  # noqa: PLC0415 - a run that ends well does not need it

    session.end_progress()
    failure.forget_output()
    session.json = session.stream = False
    with suppress(OSError):  # nobody is left who could be told
        failure.tell(session, error)
    return error.exit_code


def _usage_hint(error: click.ClickException) -> str:
    context: Any = getattr(error, "ctx", None)
    if near := _nearest_choice(error):
        return f"Did you mean {near!r}? See: {context.command_path} --help"
    if isinstance(error, click.NoSuchOption) and context is not None and (way := _way_of(error.option_name, context)):
        return way
    return f"See: {context.command_path} --help" if context is not None else "See: datacats --help"


def _way_of(option: str, context: click.Context) -> str:
    """Return how what was wanted by an option that a command has not is said; empty where nobody knows."""
    if option in {"-e", "--environment"} and any(each.name == "environment" for each in context.command.params):
        return f"The environment is a word of its own here: {context.command_path} NAME"
    if context.info_name in {"create", "init"}:
        start = root.get_command(context.find_root(), "start")
        if start is not None and any(option in each.opts for each in start.params):
            return f"It belongs to start, once the site is made: datacats start {option}"
    return ""


def _nearest_choice(error: click.ClickException) -> str | None:
    """Return the one of several words that was meant, where another was typed."""
    if isinstance(error, click.MissingParameter):
        return None
    kind = error.param.type if isinstance(error, click.BadParameter) and error.param is not None else None
    return nearest(error.message.split("'")[1], map(str, kind.choices)) if isinstance(kind, click.Choice) else None
