"""The Command Reference, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from datacats.cli.main import root


def reference() -> Iterator[str]:
    """The help of datacats, then a section for each command, in its order."""
    context = click.Context(root, info_name="datacats", **root.context_settings)
    yield from _help(root, context)
    for name in root.list_commands(context):
        found = root.get_command(context, name)
        if found is not None and not found.hidden:
            yield from _section(found, context, name)


def _section(command: click.Command, parent: click.Context, name: str) -> Iterator[str]:
    context = click.Context(command, parent=parent, info_name=name)
    yield from ("", f"## {name}", "")
    yield from _help(command, context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from ("", f"### {name} {inner}", "")
                yield from _help(found, click.Context(found, parent=context, info_name=inner))


def _help(command: click.Command, context: click.Context) -> Iterator[str]:
    """What ``--help`` prints: the same words, and so the same truth."""
    yield from ("```text", *command.get_help(context).splitlines(), "```")
