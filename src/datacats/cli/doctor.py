"""``datacats doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from datacats.cli.columns import beside, width
from datacats.cli.options import environment_argument, output_options, pass_session
from datacats.cli.session import Session
from datacats.errors import Unhealthy

if TYPE_CHECKING:
    from datacats.cli.look import Look
    from datacats.model.finding import Finding
    from datacats.workflows.doctor import Report

_INDENT = " " * 22
_WIDE = 46
"""Columns from which on text stands beside the name of its check."""

_HUES = {"error": "red", "warning": "yellow", "mended": "green"}
_ITSELF = "datacats doctor --fix"


@click.command("doctor", epilog="Example:  datacats doctor --fix")
@environment_argument
@click.option("--fix", is_flag=True, help="Mend what loses nothing: modes, owners, leftovers, missing images.")
@click.option("--dry-run", is_flag=True, help="Print the plan and do nothing.")
@output_options
@pass_session
def command(session: Session, environment: str | None, fix: bool, dry_run: bool) -> int:
    """Look for what is wrong, and what mends it; without ENVIRONMENT in all of them.

    --dry-run shows what --fix would do. Ends with 0 when nothing that was found is an error, else with 19.
    """
    from datacats.cli.documents import Diagnoses, Diagnosis  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.doctor import doctor, plan_fix  # noqa: PLC0415

    if dry_run:
        session.foreseen(plan_fix(session.facts(environment)))
        return 0
    report = doctor(session.facts(environment), session.events(), fix=fix)
    found, mended = (tuple(map(Diagnosis.of, each)) for each in (report.findings, report.mended))
    session.result(Diagnoses(report.healthy, found, mended), list(_lines(report, session.look_of_results())))
    return 0 if report.healthy else Unhealthy.exit_code


def _lines(report: Report, look: Look) -> Iterator[str]:
    limit = width()
    for each in report.mended:
        yield from beside(f"{'mended':<9}{each.check:<13}", each.what, limit)
    for each in report.findings:
        first, *more = beside(f"{each.severity:<9}{each.check:<13}", each.what, limit)
        yield from (_painted(first, str(each.severity), look), *more)
        if each.why:
            yield from beside(_INDENT, each.why, limit)
        if each.fix:
            yield f"{_INDENT if _is_wide(limit) else '  '}Fix: {each.fix}{_or_itself(each)}"


def _painted(line: str, severity: str, look: Look) -> str:
    hue = _HUES.get(severity) if look.colour else None
    return line.replace(severity, click.style(severity, fg=hue, bold=True), 1) if hue else line


def _is_wide(limit: int | None) -> bool:
    return limit is None or limit >= _WIDE


def _or_itself(found: Finding) -> str:
    return f" (or: {_ITSELF})" if found.mend is not None and found.fix != _ITSELF else ""
