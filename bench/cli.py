"""What the command line costs before it does anything, against Python's own start and an empty click program."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from bench.measure import Root, seconds, summary

_EMPTY = """\
import click

@click.group()
def root(): '''Run CKAN data catalogues in Docker containers.'''

for name in {names!r}:
    root.command(name)(lambda: None)

root(prog_name="datacats")
"""


def _a_data_root(base: Path) -> Path:
    """Make a data root of 100 environments, for the names alone."""
    for number in range(100):
        site = base / "names" / f"catstown{number}" / "sites" / "primary"
        site.mkdir(parents=True, exist_ok=True)
        (site / "site.json").write_text("{}")
        (site.parents[1] / "environment.json").write_text("{}")
    return base / "names"


def measure(root: Root, rounds: int) -> dict[str, Any]:
    """Interleave all of them; every process is a whole one."""
    from datacats.cli.commands import COMMANDS  # noqa: PLC0415 - only the names

    empty = root.base / "empty.py"
    empty.write_text(_EMPTY.format(names=list(COMMANDS)))
    program = shutil.which("datacats", path=str(Path(sys.executable).parent)) or "datacats"
    command, name, option = (
        {"COMP_WORDS": line, "_DATACATS_COMPLETE": "bash", "DATACATS_HOME": str(_a_data_root(root.base))}
        for line in ("datacats st", "datacats start cats", "datacats start catstown -s ")
    )
    commands: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
        "python -c pass": ((sys.executable, "-c", "pass"), {}),
        "--version": ((program, "--version"), {}),
        "completion": ((program,), command),
        "completion of an environment": ((program,), name),
        "completion of a site": ((program,), option),
        "--help": ((program, "--help"), {}),
        "empty click program --help": ((sys.executable, str(empty), "--help"), {}),
    }
    samples: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds * 4):
        for each, (words, env) in commands.items():
            samples[each].append(seconds(*words, env={**os.environ, **env}))
    found = {name: summary(each) for name, each in samples.items()}
    bare, help_ = found["python -c pass"]["median"], found["empty click program --help"]["median"]
    return {
        **found,
        "--version / python": found["--version"]["median"] / bare,
        "completion / python": found["completion"]["median"] / bare,
        "completion of an environment / python": found["completion of an environment"]["median"] / bare,
        "--help / empty click program": found["--help"]["median"] / help_,
    }
