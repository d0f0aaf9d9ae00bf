"""Times as in a crontab: which moments they mean, and which are refused with words that help."""

from __future__ import annotations

import time
from dataclasses import asdict

import pytest

from datacats.errors import UsageError
from datacats.model.schedule import parse
from tests.unit.recipes.image_file import load


def due(expression: str, moment: str) -> bool:
    """Ask the program of the image, with what the host made of the expression."""
    entry = {"run": "true", **asdict(parse(expression))}
    answer: bool = load("web/cron.py").is_due(entry, time.strptime(moment, "%Y-%m-%d %H:%M"))
    return answer


@pytest.mark.parametrize(
    ("expression", "moment"),
    [
        ("* * * * *", "2026-11-24 10:17"),
        ("0 * * * *", "2026-11-24 10:00"),
        ("*/15 8-17 * * 1-5", "2026-11-24 17:45"),
        ("30 4 * * mon", "2026-11-23 04:30"),
        ("0 0 1 jan *", "2027-01-01 00:00"),
        ("5,35 10 * * *", "2026-11-24 10:35"),
        ("10/20 * * * *", "2026-11-24 10:50"),
        ("@daily", "2026-11-24 00:00"),
        ("0 12 * * 7", "2026-11-22 12:00"),
        ("0 12 * * sun", "2026-11-22 12:00"),
    ],
)
def test_a_time_is_due_when_every_field_says_so(expression: str, moment: str) -> None:
    assert due(expression, moment)


@pytest.mark.parametrize(
    ("expression", "moment"),
    [
        ("0 * * * *", "2026-11-24 10:01"),
        ("*/15 8-17 * * 1-5", "2026-11-22 10:15"),
        ("0 0 1 jan *", "2026-11-01 00:00"),
        ("30 4 * * mon", "2026-11-24 04:30"),
    ],
)
def test_and_at_no_other(expression: str, moment: str) -> None:
    assert not due(expression, moment)


@pytest.mark.parametrize("moment", ["2026-11-13 06:00", "2026-11-20 06:00"])
def test_of_a_day_and_a_weekday_one_is_enough_as_in_every_crontab(moment: str) -> None:
    assert due("0 6 13 * fri", moment)
    assert not due("0 6 13 * fri", "2026-11-14 06:00")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("* * * *", "4 fields, not five"),
        ("", "0 fields, not five"),
        ("60 * * * *", "its minute cannot be '60' (from 0 to 59)"),
        ("* 24 * * *", "its hour cannot be '24'"),
        ("* * 0 * *", "its day cannot be '0' (from 1 to 31)"),
        ("* * * foo *", "its month cannot be 'foo'"),
        ("* * * * 8", "its weekday cannot be '8'"),
        ("9-5 * * * *", "its minute cannot be '9-5'"),
        ("*/0 * * * *", "its minute cannot be '*/0'"),
        ("@often", "1 fields, not five"),
    ],
)
def test_what_is_no_time_is_refused_by_its_field_and_with_examples(expression: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(expression)
    assert words in caught.value.message
    assert '"@daily"' in caught.value.hint
