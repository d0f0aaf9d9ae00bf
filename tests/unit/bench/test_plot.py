"""What the bench has kept becomes pictures."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bench import plot


def keep(directory: Path, name: str, **measures: object) -> None:
    machine = {"cores": 2, "date": "2026-01-02"}
    (directory / name).write_text(json.dumps({"machine": machine, "measures": measures}))


def timed(*samples: float) -> dict[str, object]:
    return {"load before": 0.25, "ours": {"median": 1, "samples": samples}, "ours / theirs": 0.5, "kind": "copy"}


def texts(path: Path) -> str:
    return re.sub(r"<[^>]*>", "", path.read_text())


def test_a_measure_is_drawn_with_its_median_and_what_it_was_taken_on(tmp_path: Path) -> None:
    keep(tmp_path, "1.json", create=timed(2.0, 1.5, 9.0))
    (drawn,) = plot.draw(tmp_path / "out", tmp_path)
    assert drawn.name == "create.svg"
    for words in ("ours", "2.00 s", "2 cores, load 0.2, 2026-01-02"):
        assert words in texts(drawn)


def test_the_newest_report_that_has_a_measure_counts(tmp_path: Path) -> None:
    keep(tmp_path, "2026-01-01.json", create=timed(1.0), reload=timed(3.0))
    keep(tmp_path, "2026-01-02.json", create=timed(2.0))
    found = plot.newest(tmp_path)
    assert {name: plot.samples(measure)["ours"] for name, (_, measure) in found.items()} == {
        "create": [2.0],
        "reload": [3.0],
    }


@pytest.mark.parametrize(("seconds", "words"), [(0.0122, "12 ms"), (1.754, "1.75 s")])
def test_times_are_told_as_people_say_them(tmp_path: Path, seconds: float, words: str) -> None:
    keep(tmp_path, "1.json", cli=timed(seconds))
    assert words in texts(plot.draw(tmp_path / "out", tmp_path)[0])


def test_a_measure_without_times_is_left_out(tmp_path: Path) -> None:
    keep(tmp_path, "1.json", idle={"load before": 0.1, "memory": 300})
    assert plot.draw(tmp_path / "out", tmp_path) == ()


def test_the_same_samples_give_the_same_picture(tmp_path: Path) -> None:
    """A build that changes nothing changes no file."""
    keep(tmp_path, "1.json", cli=timed(0.5))
    assert plot.draw(tmp_path / "a", tmp_path)[0].read_bytes() == plot.draw(tmp_path / "b", tmp_path)[0].read_bytes()


def test_a_picture_asks_nobody_for_anything(tmp_path: Path) -> None:
    keep(tmp_path, "1.json", cli=timed(0.5))
    assert "@import" not in plot.draw(tmp_path / "a", tmp_path)[0].read_text()
