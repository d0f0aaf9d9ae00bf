"""Commands whose words belong to an inner command, from the first word on that is not ours."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from datacats.cli.options import environment_option, is_terminal, output_options, site_option
from datacats.cli.session import Session
from datacats.cli.values import first_inner_word

if TYPE_CHECKING:
    from datacats.model.event import Event
    from datacats.model.ports import Streams

Function = TypeVar("Function", bound=Callable[..., object])


class PassThrough(click.Command):
    """A command that stops reading options at the first word that is not its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the separator before the inner command, then parse as usual."""
        own = self.own_words(args)
        if own > len(args):  # the value of the last one is missing; a separator must not become it
            return super().parse_args(ctx, args)
        rest = args[own:]
        return super().parse_args(ctx, [*args[:own], "--", *(rest[1:] if rest[:1] == ["--"] else rest)])

    def own_words(self, args: list[str]) -> int:
        """Return how many words at the beginning are options of ours and their values."""
        options = [each for each in self.params if isinstance(each, click.Option)]
        valued = {name for each in options if not each.is_flag for name in each.opts}
        flags = {name for each in options if each.is_flag for name in each.opts} | {"-h", "--help"}
        position = 0
        while position < len(args):
            word = args[position]
            if word in valued:
                position += 2
            elif word in flags or _holds_its_value(word, valued):
                position += 1
            else:
                break
        return position


def _holds_its_value(word: str, valued: set[str]) -> bool:
    """Whether it is one of our options and its value in one word: ``--site=x`` or ``-sx``."""
    short = tuple(name for name in valued if not name.startswith("--"))
    long = tuple(f"{name}=" for name in valued if name.startswith("--"))
    return word.startswith(long) or (word.startswith(short) and not word.startswith("--"))


def passthrough_options(function: Function) -> Function:
    """Add ``-e/--environment``, ``-s/--site`` and the inner command with its words."""
    return _options(function, "COMMAND [ARGUMENTS]...")


def passthrough_arguments(function: Function) -> Function:
    """Add the same where the inner command is known, and needs no word."""
    return _options(function, "[ARGUMENTS]...")


def _options(function: Function, metavar: str) -> Function:
    words = click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar=metavar, shell_complete=first_inner_word)
    return environment_option(site_option(output_options(words(function))))


def own_streams() -> Streams:
    """Return this process's streams; a terminal is handed through when both ends are one."""
    from datacats.model.ports import Streams  # noqa: PLC0415 - help must not pay for it

    terminal = is_terminal(sys.stdin) and is_terminal(sys.stdout)
    return Streams(sys.stdin.buffer if sys.stdin else None, sys.stdout.buffer, sys.stderr.buffer, terminal)


def run_inner(session: Session, run: Callable[[Streams], int]) -> int:
    """Run an inner command on this process's streams, for a program in a document; return its exit status."""
    from datacats.cli.documents import Ended  # noqa: PLC0415 - help must not pay for it
    from datacats.model.ports import Streams  # noqa: PLC0415

    if not session.for_programs:
        return run(own_streams())
    stdout, stderr = io.BytesIO(), io.BytesIO()
    given = sys.stdin.buffer if sys.stdin and not sys.stdin.isatty() else None
    status = run(Streams(given, stdout, stderr))
    printed = (stream.getvalue().decode(errors="replace") for stream in (stdout, stderr))
    session.result(Ended(status, *printed), ())
    return status


cold_option = click.option("--cold", is_flag=True, help="Use a new container, even where a spare one stands ready.")


def run_in_one_off(
    session: Session,
    command: tuple[str, ...],
    environment: str | None,
    site: str,
    *,
    cold: bool = False,
    inside: bool = False,
) -> int:
    """Run a command in a throw-away container; return its exit status."""
    from datacats.workflows.one_off import OneOff, run  # noqa: PLC0415 - help must not pay for it

    def tell(event: Event) -> None:
        session.events()(event)

    one_off = OneOff(command, environment, site, cold, inside)
    return run_inner(session, lambda streams: run(one_off, session.workspace, streams, tell))
