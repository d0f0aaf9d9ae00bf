"""``datacats test``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from datacats.cli import values
from datacats.cli.options import environment_option, output_options, pass_session
from datacats.cli.passthrough import PassThrough, own_streams
from datacats.cli.session import Session

if TYPE_CHECKING:
    from datacats.workflows.test import Run

_HEAD = ("CKAN", "ckan_version", "passed", "failed", "errors", "skipped", "seconds", "status")


class _Command(PassThrough):
    """Options may come before and after the extension's directory; all words after two dashes are pytest's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" in args:
            dashes = args.index("--")
            return click.Command.parse_args(self, ctx, [*args[:dashes], "--", *args[dashes:]])
        own = self.own_words(args)
        directory, rest = args[own : own + 1], args[own + 1 :]
        if directory and not directory[0].startswith("-"):
            more = self.own_words(rest)
            args = [*args[:own], *rest[:more], *directory, *rest[more:]]
        return super().parse_args(ctx, args)


@click.command("test", cls=_Command, epilog="Example:  datacats test ckanext-cats --ckan 2.11,2.12 -- -k login")
@environment_option
@click.option(
    "--ckan",
    default="",
    metavar="VERSIONS",
    shell_complete=values.ckan_versions,
    help="The CKAN versions, as in 2.11,2.12.  [default: the environment's, else 2.12]",
)
@click.option(
    "--ckan-core", metavar="PATH_OR_KEYWORD", help="The tests of CKAN itself to run, in place of an extension's."
)
@click.option("--upgrade", is_flag=True, help="Take the newest releases of what the tests need.")
@click.argument(
    "words",
    nargs=-1,
    type=click.UNPROCESSED,
    metavar="[EXTENSION_DIR] [-- PYTEST_ARGUMENTS]...",
    shell_complete=values.directories,
)
@output_options
@pass_session
def command(
    session: Session, words: tuple[str, ...], environment: str | None, ckan: str, ckan_core: str | None, upgrade: bool
) -> int:
    """Run an extension's own tests, among databases made for them and removed after.

    The extension is the one of the current directory, in an environment or in a repository of its own. Words after
    the two dashes go to pytest; streams, signals and exit status are its own. What it writes, such as coverage and
    JUnit files, lands in the extension's directory.
    """
    from datacats.cli.documents import TestRuns  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.test import Tests, run_tests  # noqa: PLC0415

    versions = tuple(part.strip() for part in ckan.split(",") if part.strip())
    tests = Tests(words, environment, versions, ckan_core, upgrade)
    streams = own_streams()
    if session.for_programs:
        streams = replace(streams, stdout=streams.stderr, terminal=False)
    runs = run_tests(tests, session.workspace, streams, session.events())
    if session.for_programs:
        session.result(TestRuns(runs), [])
    elif len(versions) > 1:
        for line in _table(runs):
            click.echo(line)
    return next((run.status for run in runs if run.status), 0)


def _table(runs: Sequence[Run]) -> list[str]:
    """Return a line for each CKAN, under a head."""
    rows = [_HEAD, *(_row(run) for run in runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [lines[0], *(f"{line}  {run.problem}".rstrip() for line, run in zip(lines[1:], runs, strict=True))]


def _row(run: Run) -> tuple[str, ...]:
    counts = [str(run.counts.get(name, 0)) if run.inside else "-" for name in _HEAD[2:6]]
    return (run.ckan, run.inside or "-", *counts, f"{run.seconds:.0f}", str(run.status))
