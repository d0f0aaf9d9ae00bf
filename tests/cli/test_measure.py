"""How far something has come, in words; an estimate is given where it would be true."""

from __future__ import annotations

import pytest

from datacats.cli.measure import left, size, words
from datacats.model.step import Step

HALF = Step("", 50_000_000, 100_000_000, "bytes")


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (Step("RUN make", 3, 12), "step 3 of 12: RUN make"),
        (Step("1 of 3 layers", 1_500_000, 0, "bytes"), "1.5 MB, 1 of 3 layers"),
        (HALF, "50.0 MB of 100.0 MB (50 %)"),
        (Step("Indexing dataset", 40, 200, "datasets"), "40 of 200 datasets (20 %)"),
    ],
)
def test_it_is_told_in_its_own_unit(step: Step, text: str) -> None:
    assert words(step, 1) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2, "about 5 s left"), (11, "about 15 s left"), (59, "about 60 s left"), (61, "about 2 min left")],
)
def test_the_rest_takes_as_long_as_it_did_so_far_for_each_part_rounded_up(seconds: float, text: str) -> None:
    assert left(HALF, seconds) == text
    assert words(HALF, seconds).endswith(f", {text}")


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        pytest.param(Step("RUN make", 6, 12), 60, id="steps of a build are not alike"),
        pytest.param(HALF, 1.9, id="it has just begun"),
        pytest.param(Step("", 4, 100, "bytes"), 60, id="hardly anything is done"),
        pytest.param(Step("", 4, 0, "bytes"), 60, id="nobody knows the end"),
        pytest.param(Step("", 100, 100, "bytes"), 60, id="all is moved and something else goes on"),
    ],
)
def test_where_it_would_be_a_guess_there_is_none(step: Step, seconds: float) -> None:
    assert left(step, seconds) == ""


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_340_000, "2.3 MB"), (10**10, "10.0 GB")]
)
def test_a_size_has_the_unit_that_fits(count: int, text: str) -> None:
    assert size(count) == text
