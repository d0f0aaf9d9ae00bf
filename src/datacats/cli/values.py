"""What a word of a command may be completed to. Parameters name one of these as their ``shell_complete``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from datacats.cli.commands import COMMANDS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _items(names: Iterable[str], begun: str, *, kind: str = "plain") -> list[CompletionItem]:
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - commands that run share this module

    return [CompletionItem(name, type=kind) for name in names if kind != "plain" or name.startswith(begun)]


def environments(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Environments, or a directory where no environment is called so."""
    from datacats.workflows.known import environments as known  # noqa: PLC0415 - only a key press needs it

    return _items(known(os.environ), begun) or directories(_context, _parameter, begun)


def sites(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Sites of the environment that is named before, else of the current directory's."""
    from datacats.workflows.known import sites as known  # noqa: PLC0415 - only a key press needs it

    return _items(known(os.environ, _reference(context)), begun)


def other_sites(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Sites by the names that others know them by."""
    from datacats.workflows.known import link_names  # noqa: PLC0415 - only a key press needs it

    return _items(link_names(os.environ), begun)


def extensions(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Extensions that the environment asks for."""
    from datacats.workflows.known import extensions as known  # noqa: PLC0415 - only a key press needs it

    return _items(known(os.environ, _reference(context)), begun)


def settings(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Settings of datacats, and of CKAN as it last declared them."""
    from datacats.workflows.known import settings as known  # noqa: PLC0415 - only a key press needs it

    return _items(known(os.environ, _reference(context)), begun)


def services(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Services that a site can have."""
    from datacats.model.names import SERVICES  # noqa: PLC0415 - only a key press needs it

    return _items(SERVICES, begun)


def switches(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Services that can be switched on and off."""
    from datacats.model.names import BESIDE_WEB  # noqa: PLC0415 - only a key press needs it

    return _items(BESIDE_WEB, begun)


def ckan_versions(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """CKAN versions; of several with commas between, the last."""
    from datacats.workflows.known import ckan_versions as known  # noqa: PLC0415 - only a key press needs it

    before, comma, last = begun.rpartition(",")
    return _items((f"{before}{comma}{each}" for each in known()), begun) if last or not begun or comma else []


def directories(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Directories, by the shell itself."""
    return _items([begun], begun, kind="dir")


def files(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Files, by the shell itself."""
    return _items([begun], begun, kind="file")


def _reference(context: click.Context) -> str | None:
    """Return the word for the environment. Click leaves arguments aside where an option still lacks its value."""
    named: str | None = context.params.get("environment") or context.params.get("directory")
    if named is None:
        places = [each.name for each in context.command.params if isinstance(each, click.Argument)]
        rest = dict(zip(places, context.args, strict=False))
        named = rest.get("environment") or rest.get("directory")
    return named


def first_inner_word(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """What an inner command begins with: for exec a service, for test a directory, else it is a program or file."""
    known = {"exec": services, "test": directories}.get(context.info_name or "", files)
    return known(context, parameter, begun)


def help_words(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """What help can be had on: commands and topics, after a group its commands."""
    from datacats.cli.topics import TOPICS  # noqa: PLC0415 - only a key press needs it

    before = context.params.get("words") or ()
    if not before:
        return _items([*COMMANDS, *TOPICS, "topics"], begun)
    if before == ("topics",):
        return _items(TOPICS, begun)
    root = context.find_root().command
    command = root.get_command(context, before[0]) if isinstance(root, click.Group) else None
    return _items(command.commands, begun) if isinstance(command, click.Group) and len(before) == 1 else []
