"""The page that ``man datacats`` shows, from the commands, the topics and the exit codes themselves.

``python -m datacats.cli.manual > share/man/man1/datacats.1`` writes it.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from datacats.cli.commands import GROUPS
from datacats.cli.main import root
from datacats.cli.topics import TOPICS
from datacats.version import VERSION

_DESCRIPTION = """\
datacats runs CKAN data catalogues in Docker containers. One command makes an environment and waits until its first \
page answers; the same images and the same definition run on a laptop and on a server.

Without arguments it lists its commands. The options below stand before the command, or behind it; --json, --events, \
--quiet and --help are not told again for each command."""

_CUSTOMARY: Mapping[str, str] = {"exit-codes": "Exit status", "variables": "Environment", "files": "Files"}
"""Topics whose sections have the names that every manual gives them; they come last."""

_DATE = "2026-11-27"
"""A date has to stand there; which version the page is of says more."""

_EVERYWHERE = frozenset({"--json", "--events", "--quiet", "--plain", "--no-color", "--debug", "--help"})

_WIDTH = 70
"""Of a line in the source of the page: the formatter fills them anew."""

_ESCAPES = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "~": r"\(ti", "^": r"\(ha", "`": r"\(ga"})


def page() -> str:
    """Return the page, in the macros of man(7)."""
    return "".join(f"{line}\n" for line in _page())


def _page() -> Iterator[str]:
    yield '.\\" Made by: python -m datacats.cli.manual'
    yield f'.TH DATACATS 1 "{_DATE}" "datacats {VERSION}" "User Commands"'
    yield from (".nh", ".ad l")
    yield from _section("Name", [_safe("datacats - run CKAN data catalogues in Docker containers")])
    yield from _section("Synopsis", [".B datacats", _safe("[OPTIONS] COMMAND [ARGUMENTS]...")])
    yield from _section("Description", _paragraphs(_DESCRIPTION))
    context = click.Context(root, info_name="datacats", **root.context_settings)
    yield from _section("Options", _options(context, frozenset()))
    yield from _section("Commands", _commands(context))
    for name in sorted(TOPICS, key=_CUSTOMARY.__contains__):
        yield from _section(_CUSTOMARY.get(name, TOPICS[name].title), _paragraphs(TOPICS[name].text()))
    yield from _section("See also", [".BR docker (1)"])


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield f'.SH "{_safe(heading.upper())}"'
    yield from lines


def _commands(context: click.Context) -> Iterator[str]:
    for heading, names in GROUPS.items():
        yield f'.SS "{_safe(heading)}"'
        for name in names:
            yield from _command(context, name)


def _command(above: click.Context, name: str) -> Iterator[str]:
    command = above.command.get_command(above, name) if isinstance(above.command, click.Group) else None
    if command is None:
        return
    context = click.Context(command, info_name=name, parent=above)
    yield ".TP"
    yield f"\\fB{_safe(context.command_path)}\\fR {_safe(' '.join(command.collect_usage_pieces(context)))}"
    yield from _paragraphs(inspect.cleandoc(command.help or ""), between=".IP")
    if isinstance(command, click.Group):
        for each in command.commands:
            yield from _command(context, each)
        return
    yield ".RS"
    yield from _options(context, _EVERYWHERE)
    yield from (".PP", _safe(command.epilog or ""), ".RE")


def _options(context: click.Context, without: frozenset[str]) -> Iterator[str]:
    for each in context.command.get_params(context):
        record = each.get_help_record(context) if isinstance(each, click.Option) else None
        if record is not None and without.isdisjoint(each.opts):
            yield ".TP"
            yield f".B {_safe(record[0])}"
            yield from _filled(record[1])


def _paragraphs(text: str, *, between: str = ".PP") -> Iterator[str]:
    """Fill paragraphs; those with lines that are indented, or marked so for click, stay as they are."""
    for number, block in enumerate(text.strip("\n").split("\n\n")):
        lines = block.splitlines()
        if number:
            yield between
        if lines[0] == "\b" or any(line.startswith(" ") for line in lines):
            yield from _as_it_is([line for line in lines if line != "\b"], 7 if between == ".PP" else 14)
        else:
            yield from _filled(" ".join(lines))


def _as_it_is(lines: Sequence[str], indent: int) -> Iterator[str]:
    """Lines that are not filled; they begin further to the left where they would be too long for 80 columns."""
    over = max(0, indent + max(map(len, lines)) - 80)
    yield from (".nf", f".in -{over}")
    yield from map(_safe, lines)
    yield from (f".in +{over}", ".fi")


def _filled(text: str) -> Iterator[str]:
    yield from map(_safe, textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))


def _safe(text: str) -> str:
    """Return text of which no character means something to the formatter."""
    safe = text.translate(_ESCAPES)
    return f"\\&{safe}" if safe.startswith((".", "\\(aq")) else safe


if __name__ == "__main__":
    print(page(), end="")
