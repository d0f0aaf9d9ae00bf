"""``datacats config show``, ``explain``, ``set``, ``unset`` and ``validate``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from datacats.cli import values
from datacats.cli.columns import columns, width
from datacats.cli.groups import Group
from datacats.cli.options import (
    dry_run_option,
    environment_argument,
    environment_option,
    is_terminal,
    output_options,
    pass_session,
    site_option,
)
from datacats.cli.session import Session
from datacats.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from datacats.workflows.settings.change import Changed, Wanted
    from datacats.workflows.settings.explain import Explained
    from datacats.workflows.settings.ours import Setting
    from datacats.workflows.settings.show import Shown
    from datacats.workflows.settings.validate import Problem


class _WithValue(click.Command):
    """A command whose last word may begin with a dash, such as ``-1``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the first option that there is none of for the value."""
        try:
            return super().parse_args(ctx, list(args))
        except click.NoSuchOption as error:
            if args.count(error.option_name) != 1:
                raise
            word = args[place := args.index(error.option_name)]
            try:
                rest = super().parse_args(ctx, [*args[:place], *args[place + 1 :], "--", word])
            except click.UsageError:
                raise error from None
            if ctx.params.get("value") != word:
                raise
            return rest


@click.group("config", cls=Group, epilog="More on one of them:  datacats help config COMMAND")
def command() -> None:
    """Show, explain, change and check the settings of a site, datacats's and CKAN's."""


@command.command("show", epilog="Example:  datacats config show ckan.site_title")
@click.argument("keys", nargs=-1, metavar="[KEY]...", shell_complete=values.settings)
@click.option("--all", "every", is_flag=True, help="Show settings that nobody has set too.")
@environment_option
@site_option
@output_options
@pass_session
def show(session: Session, keys: tuple[str, ...], every: bool, environment: str | None, site: str) -> None:
    """Show what is in force, and where each value comes from; secrets are masked."""
    from datacats.workflows.settings.show import ToShow  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.settings.show import show as look  # noqa: PLC0415

    found = look(ToShow(keys, every, environment, site), session.workspace, session.events())
    brief = [each.value if keys else f"{each.key} = {each.value}" for each in found.settings]
    lines = [_alone(each) for each in found.settings] if keys else list(_shown(found))
    session.result(found, lines, brief)


@command.command("explain", epilog="Example:  datacats config explain ckan.site_title")
@click.argument("key", shell_complete=values.settings)
@environment_option
@site_option
@output_options
@pass_session
def explain(session: Session, key: str, environment: str | None, site: str) -> None:
    """Explain a setting: what it means, what is in force, and which places set it."""
    from datacats.workflows.settings.explain import explain as look  # noqa: PLC0415 - help must not pay for it

    found = look(key, environment, session.workspace, session.events(), site=site)
    session.result(found, list(_explained(found)), [found.value])


@command.command("set", cls=_WithValue, epilog='Example:  datacats config set ckan.site_title "City of Cats"')
@click.argument("key", shell_complete=values.settings)
@click.argument("value", required=False)
@click.option("--force", is_flag=True, help="Set it although neither CKAN nor an enabled plugin declares it.")
@environment_option
@site_option
@dry_run_option
@output_options
@pass_session
def set_(
    session: Session, key: str, value: str | None, force: bool, environment: str | None, site: str, dry_run: bool
) -> None:
    """Set KEY to VALUE in the file where it belongs, once CKAN has checked it.

    A secret is read from the terminal or from standard input: leave VALUE out.
    """
    from datacats.model.masking import is_secret  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.settings.change import Wanted, refuse  # noqa: PLC0415

    if not dry_run and (value is None or is_secret(key)):
        refuse(Wanted(key, None, environment, site), session.workspace)
    chosen = _value(session, key, value, ask=not dry_run)
    _change(session, Wanted(key, chosen, environment, site, force), dry_run=dry_run)


@command.command("unset", epilog="Example:  datacats config unset ckan.site_title")
@click.argument("key", shell_complete=values.settings)
@environment_option
@site_option
@dry_run_option
@output_options
@pass_session
def unset(session: Session, key: str, environment: str | None, site: str, dry_run: bool) -> None:
    """Take KEY out of the file that sets it, so that its default is in force."""
    from datacats.workflows.settings.change import Wanted  # noqa: PLC0415 - help must not pay for it

    _change(session, Wanted(key, None, environment, site), dry_run=dry_run)


@command.command("validate", epilog="Example:  datacats config validate catstown")
@environment_argument
@site_option
@output_options
@pass_session
def validate(session: Session, environment: str | None, site: str) -> int:
    """Check all settings, with CKAN's own validators and for what CKAN says nothing about.

    Ends with 0 when CKAN can start with them, else with 3.
    """
    from datacats.workflows.settings.validate import validate as look  # noqa: PLC0415 - help must not pay for it

    found = look(environment, session.workspace, session.events(), site=site)
    errors = [each for each in found.problems if each.severity == "error"]
    lines = _problems(found.problems) if found.problems else ["Nothing is wrong with the settings."]
    session.result(found, lines, _problems(errors))
    return 0 if found.good else ConfigError.exit_code


def _problems(problems: Sequence[Problem]) -> list[str]:
    rows: list[tuple[str, str]] = []
    for each in problems:
        head = f"{each.where}: {each.key}" if each.where else each.key
        fix = f"Fix: {each.fix}" if each.fix else ""
        first, *rest = [words for words in (head, each.what, fix) if words]
        rows += [(str(each.severity), first), *(("", words) for words in rest)]
    return columns(rows, width()) if rows else []


def _value(session: Session, key: str, value: str | None, *, ask: bool) -> str:
    """Return the value to set; a secret never comes from the words of a command, which others can read."""
    from datacats.model.masking import is_secret  # noqa: PLC0415 - help must not pay for it

    hidden = is_secret(key) and not key.startswith("env.")
    if value is not None and hidden:
        raise UsageError(
            f"{key} is a secret: other users can read the words of a command, and a shell keeps them.",
            f"Leave the value out to be asked for it, or give it on standard input: datacats config set {key} < FILE",
        )
    if value is not None or not ask:
        return value or ""
    is_person = is_terminal(sys.stdin)
    if is_person and is_terminal(sys.stderr) and not session.for_programs:
        return str(click.prompt(key, hide_input=hidden, err=True))
    found = "" if is_person or sys.stdin is None else sys.stdin.read().rstrip("\r\n")
    if not found:
        example = f"datacats config set {key} {'< FILE' if hidden else 'VALUE'}"
        raise UsageError(f"There is no value for {key}.", f"For example: {example}")
    return found


def _change(session: Session, wanted: Wanted, *, dry_run: bool) -> None:
    from datacats.workflows.settings.change import change, plan_change  # noqa: PLC0415 - help must not pay for it

    if dry_run:
        session.foreseen(plan_change(wanted, session.workspace))
        return
    changed = change(wanted, session.workspace, session.events())
    session.result(changed, list(_changed(changed, wanted)))


def _changed(changed: Changed, wanted: Wanted) -> Iterator[str]:
    if wanted.value is not None:
        yield f"{changed.key} is set in {changed.file}" if changed.changed else f"{changed.file} says so already."
    elif changed.changed:
        yield f"{changed.key} is taken out of {changed.file}"
    else:
        yield f"{changed.file} does not set {changed.key}."
    if changed.source == "default" and changed.changed:
        yield f"In force is the default: {changed.value or 'nothing'}"
    yield from changed.remarks
    if changed.effect:
        yield changed.effect


def _shown(found: Shown) -> Iterator[str]:
    """The settings, those of one source together."""
    last = ""
    for each in sorted(found.settings, key=_whose):
        head = _whose(each)[1]
        if head != last:
            yield head
        last = head
        yield f"    {each.key} = {each.value}{_beats(each)}".rstrip()
    yield from found.remarks


def _whose(setting: Setting) -> tuple[bool, str]:
    """What settings are put in order by: datacats's own first, then those of one source together."""
    where = setting.places[0].where if setting.places else ""
    words = "set by datacats for this site" if setting.source == "site" else setting.source
    return setting.of == "CKAN", words if where in {"", setting.key} else f"{words}: {where}"


def _alone(setting: Setting) -> str:
    where = f", {setting.places[0]}" if setting.places else ""
    return f"{setting.key} = {setting.value}  ({setting.source}{where}{_beats(setting)})"


def _beats(setting: Setting) -> str:
    loses = ", ".join(map(str, setting.places[1:]))
    return f"  (beats {loses})" if loses else ""


def _explained(found: Explained) -> Iterator[str]:
    yield f"{found.key}, declared by {found.declared_by}" if found.declared_by else f"{found.key}, declared by nobody"
    if found.text:
        yield from ("", *found.text.splitlines(), "")
    rows = [("Type:", found.kind), ("Default:", found.default), ("Example:", found.example)]
    rows.append(("In force:", f"{found.value or 'nothing'} ({found.source})"))
    for number, each in enumerate(found.places):
        rows.append(("" if number else "Set by:", f"{each} ({each.value}{', loses' if number else ''})"))
    rows += [("Change:", found.change), ("Effect:", found.effect), *(("Note:", note) for note in found.notes)]
    yield from columns([(name, value) for name, value in rows if value], width())
