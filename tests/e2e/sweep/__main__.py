"""``script/sweep``: sweep commands, tell each point, and end with status 1 when anything differs."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timezone

from tests.e2e.installation import remove_leftovers
from tests.e2e.sweep.commands import COMMANDS
from tests.e2e.sweep.points import Point, Step, every_change, part, points
from tests.e2e.sweep.stage import stage
from tests.e2e.sweep.sweep import Report, sweep

_USUAL = tuple(name for name in COMMANDS if name != "template")


def main(words: Sequence[str]) -> int:
    """Sweep what the words name."""
    asked = _parse(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was made is removed
    remove_leftovers()
    names = asked.command or [*_USUAL, *(["template"] if asked.template else [])]
    total = Report()
    with stage() as made:
        for name in names:
            total += sweep(COMMANDS[name], made, lambda steps: _chosen(asked, steps), _say)
    _say(f"{total}")
    return 1 if total.failed else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _chosen(asked: argparse.Namespace, steps: list[Step]) -> list[Point]:
    found = every_change(steps, asked.turn) if asked.distinct else points(steps)
    if asked.at:
        return [point for point in found if f"{point.when}-{point.kind}-{point.number}" in asked.at]
    number, of = asked.part
    return part(found, number, of)


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("script/sweep", description=__doc__)
    parser.add_argument("command", nargs="*", help=f"what to sweep: {' '.join(COMMANDS)} [default: all but template]")
    parser.add_argument("--template", action="store_true", help="also the making of a template (slow)")
    parser.add_argument(
        "--part", type=_part, default=(1, 1), metavar="I/N", help="only every N-th point, from the I-th"
    )
    parser.add_argument("--distinct", action="store_true", help="one of the points between which nothing changes")
    parser.add_argument("--turn", type=int, default=datetime.now(timezone.utc).timetuple().tm_yday, help="which one")
    parser.add_argument("--at", action="append", metavar="WHEN-KIND-N", help="only this point: before-request-12")
    asked = parser.parse_args(words)
    for name in asked.command:
        if name not in COMMANDS:
            parser.error(f"there is no {name!r} to sweep")
    return asked


def _part(text: str) -> tuple[int, int]:
    number, of = map(int, text.split("/"))
    if not 1 <= number <= of:
        raise argparse.ArgumentTypeError(f"{text} is no part")
    return number, of


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
