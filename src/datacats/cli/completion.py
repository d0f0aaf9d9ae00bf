"""``datacats completion``."""

from __future__ import annotations

import click

from datacats.cli.options import output_options, pass_session
from datacats.cli.session import Session


@click.command("completion", epilog="Example:  datacats completion bash")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@output_options
@pass_session
def command(session: Session, shell: str) -> None:
    """Print the script that completes commands, options and names in a shell.

    \b
    bash, in ~/.bashrc:
      eval "$(datacats completion bash)"
    zsh, in ~/.zshrc:
      autoload -Uz compinit && compinit
      eval "$(datacats completion zsh)"
    fish, once:
      datacats completion fish > ~/.config/fish/completions/datacats.fish

    Names of environments, sites and services are read from files: the engine is not asked.
    """  # noqa: D301 - to click a single backslash with b says that the lines stay as they are
    from importlib.resources import files  # noqa: PLC0415 - help must not pay for it

    from datacats.cli.documents import CompletionScript  # noqa: PLC0415

    script = (files("datacats.cli") / "shells" / f"datacats.{shell}").read_text("utf-8")
    lines = script.splitlines()
    session.result(CompletionScript(shell, script), lines, lines)
