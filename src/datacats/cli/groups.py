"""Groups of commands: the help where no command is named, the nearest where there is none of that name."""

from __future__ import annotations

import click

from datacats.errors import UsageError
from datacats.model.nearest import nearest

_WHOLE = 1000
"""No sentence is longer."""


class Group(click.Group):
    """A group that answers a missing or misspelt command with what helps."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Show the help when nothing is named; that is no error."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first sentence of each command whole: what click cuts off is what tells two of them apart."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.get_short_help_str(_WHOLE)) for name, each in commands if each])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            near = nearest(args[0], known)
            hint = f"Did you mean: {ctx.command_path} {near}" if near else f"See: {ctx.command_path} --help"
            raise UsageError(f"There is no command {args[0][:60]!r}.", hint)
        return super().resolve_command(ctx, args)
