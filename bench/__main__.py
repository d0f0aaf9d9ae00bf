"""Measure everything, or what is named; keep the raw samples as JSON, and print a table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import cli, commands, create, edit, idle, install, listing, reload, tests
from bench.measure import Engine, Root, root

_MEASURES: dict[str, Callable[[Root, int], dict[str, Any]]] = {
    "cli": cli.measure,
    "create": create.measure,
    "reload": reload.measure,
    "edit": edit.measure,
    "install": install.measure,
    "test": tests.measure,
    "list": listing.measure,
    "spare": commands.measure,
    "idle": idle.measure,
}
_QUIET = 0.5


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("measures", nargs="*", choices=[[], *_MEASURES], help="default: all")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of each comparison (default: 5)")
    parser.add_argument("--output", type=Path, default=Path("bench/results"), help="directory of the raw samples")
    options = parser.parse_args()
    report: dict[str, Any] = {"machine": _machine(), "measures": {}}
    for name in options.measures or _MEASURES:
        with root() as made:
            report["measures"][name] = {"load before": os.getloadavg()[0], **_MEASURES[name](made, options.rounds)}
        print("\n".join(_rows(name, report["measures"][name])), flush=True)
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / f"{time.strftime('%Y-%m-%d-%H%M%S')}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\nRaw samples: {path}")


def _machine() -> dict[str, Any]:
    engine = Engine().send("GET", "/version")
    load = os.getloadavg()[0]
    if load > _QUIET:
        print(f"Note: the load is {load:.1f}; figures of a machine that does other things are upper bounds.")
    return {
        "date": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "engine": engine["Version"],
        "python": platform.python_version(),
        "load": load,
    }


def _rows(name: str, found: dict[str, Any]) -> Iterator[str]:
    yield f"\n| {name} | median | min | max |\n|---|---|---|---|"
    for key, value in found.items():
        if isinstance(value, dict) and "median" in value:
            yield f"| {key} | {value['median']:.3f} s | {value['min']:.3f} | {value['max']:.3f} |"
        elif isinstance(value, float):
            yield f"| {key} | {value:.2f} | | |"
        else:
            yield f"| {key} | {json.dumps(value)} | | |"


if __name__ == "__main__":
    main()
