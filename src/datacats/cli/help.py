"""``datacats help``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from datacats.cli import values
from datacats.cli.commands import COMMANDS
from datacats.cli.options import output_options, pass_session
from datacats.cli.session import Session
from datacats.errors import UsageError
from datacats.model.nearest import nearest


@click.command("help", epilog="Example:  datacats help environments")
@click.argument("words", nargs=-1, metavar="[COMMAND [SUBCOMMAND] | TOPIC]", shell_complete=values.help_words)
@output_options
@pass_session
@click.pass_context
def command(context: click.Context, session: Session, words: tuple[str, ...]) -> None:
    """Show the help of a command, or a text on a topic.

    "datacats help topics" lists the topics; without a word the commands are listed.
    """
    from datacats.cli.documents import HelpText  # noqa: PLC0415 - a command's own --help does not need it

    text = _text(context.find_root(), words)
    session.result(HelpText(words, text), [text], [text])


def _text(root: click.Context, words: Sequence[str]) -> str:
    from datacats.cli.topics import TOPICS, contents  # noqa: PLC0415 - a command's own --help does not need it

    if words and words[0] in COMMANDS:
        return _of_command(root, words)
    if not words:
        return root.get_help()
    name = " ".join(words[1:] if words[0] == "topics" else words)
    if name in TOPICS:
        return f"{TOPICS[name].title}\n\n{TOPICS[name].text()}".rstrip("\n")
    if list(words) == ["topics"]:
        return contents()
    raise _unknown(words, [*COMMANDS, *TOPICS, "topics"])


def _of_command(root: click.Context, words: Sequence[str]) -> str:
    from datacats.cli.topics import TOPICS  # noqa: PLC0415 - a command's own --help does not need it

    context = root
    for word in words:
        group = context.command
        found = group.get_command(context, word) if isinstance(group, click.Group) else None
        if found is None:
            known = group.list_commands(context) if isinstance(group, click.Group) else ()
            raise _unknown(words, [" ".join([*words[: words.index(word)], each]) for each in known])
        context = click.Context(found, info_name=word, parent=context)
    shared = f"\n\nThe topic of that name: datacats help topics {words[0]}" if " ".join(words) in TOPICS else ""
    return f"{context.get_help()}{shared}"


def _unknown(words: Sequence[str], known: Iterable[str]) -> UsageError:
    asked = " ".join(words)
    near = nearest(asked, known)
    hint = f"Did you mean: datacats help {near}" if near else "See: datacats help topics, or datacats --help"
    return UsageError(f"There is no help on {asked[:60]!r}.", hint)
