"""Draw what was measured: a picture for each measure, from the newest kept report that has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / "kept"
"""Reports of the bench that the documentation shows. ``bench/run`` writes new ones to ``bench/results``."""

_INK, _BAR, _DOT = "#808080", "#1b5e6b", "#ffb545"
_ROW = 0.42
"""Inches for each row."""


def newest(directory: Path = KEPT) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return for each measure the machine that it was taken on and what was found."""
    found: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
    for path in sorted(directory.glob("*.json")):
        report = json.loads(path.read_text())
        found |= {name: (report["machine"], measure) for name, measure in report["measures"].items()}
    return found


def samples(measure: Mapping[str, Any]) -> dict[str, list[float]]:
    """Return the samples of a measure, in seconds, by what was timed."""
    return {name: each["samples"] for name, each in measure.items() if isinstance(each, Mapping) and "samples" in each}


def draw(directory: Path, kept: Path = KEPT) -> tuple[Path, ...]:
    """Write a picture of every measure that has samples, readable on dark and on light; return where they are."""
    import matplotlib as mpl  # noqa: PLC0415 - only who draws has it

    mpl.use("svg")
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "datacats", "font.family": "sans-serif", "font.size": 9}
    directory.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, (machine, measure) in newest(kept).items():
        if timed := samples(measure):
            drawn.append(directory / f"{name}.svg")
            _draw(timed, f"{machine['cores']} cores, load {measure['load before']:.1f}, {machine['date']}", drawn[-1])
    return tuple(drawn)


def _draw(timed: Mapping[str, list[float]], where: str, path: Path) -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, 1.1 + _ROW * len(timed)), layout="constrained")
    axes = figure.subplots()
    names = [*timed][::-1]
    for row, found in enumerate(timed[name] for name in names):
        middle = sorted(found)[len(found) // 2]
        axes.barh(row, middle, height=0.55, color=_BAR, alpha=0.85)
        axes.plot(found, [row] * len(found), "o", color=_DOT, markersize=4, markeredgecolor=_INK, markeredgewidth=0.4)
        axes.annotate(_spoken(middle), (max(found), row), (8, 0), textcoords="offset points", va="center", color=_INK)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(f"seconds; bar: median, dots: samples ({where})", color=_INK)
    axes.set_xlim(0, max(max(found) for found in timed.values()) * 1.15)
    axes.tick_params(colors=_INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side in {"left", "bottom"})
        spine.set_color(_INK)
    figure.savefig(path, transparent=True, metadata={"Date": None})


def _spoken(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
