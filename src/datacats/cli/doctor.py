"""``datacats doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from datacats.cli.options import environment_argument, output_options, pass_session
from datacats.cli.session import Session
from datacats.errors import Unhealthy

if TYPE_CHECKING:
    from datacats.model.finding import Finding
    from datacats.workflows.doctor import Report

_INDENT = " " * 22
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
    session.result(Diagnoses(report.healthy, found, mended), list(_lines(report)))
    return 0 if report.healthy else Unhealthy.exit_code


def _lines(report: Report) -> Iterator[str]:
    for each in report.mended:
        yield f"{'mended':<9}{each.check:<13}{each.what}"
    for each in report.findings:
        yield f"{each.severity:<9}{each.check:<13}{each.what}"
        if each.why:
            yield f"{_INDENT}{each.why}"
        if each.fix:
            yield f"{_INDENT}Fix: {each.fix}{_or_itself(each)}"


def _or_itself(found: Finding) -> str:
    return f" (or: {_ITSELF})" if found.mend is not None and found.fix != _ITSELF else ""
