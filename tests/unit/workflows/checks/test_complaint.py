"""Which line of a log tells of an error."""

from __future__ import annotations

import pytest

from datacats.apply.wait import GAVE_UP
from datacats.model.ports import LogLine
from datacats.workflows.checks.complaint import Complaint, last, seconds

NOON = "2026-11-27T12:00:00.123456789Z"


def lines(*texts: str) -> list[LogLine]:
    return [LogLine("stderr", f"{NOON} {text}") for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27 19:06:56,757 ERROR [ckan.config.middleware.flask_app] 'cats' is undefined",
        "2026-11-27 19:06:56,757 CRITI [ckan.lib.search] Could not connect",
        "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) could not connect",
        "KeyError",
        '2026-11-27 19:06:51.951 UTC [8] ERROR:  relation "cats" does not exist',
        '2026-11-27 19:06:51.951 UTC [8] FATAL:  role "cat" does not exist',
        "2026-11-27 19:06:51 SEVERE org.apache.solr.core.SolrCore null:java.lang.OutOfMemoryError",
        "1:M 27 Nov 2026 19:06:52.771 # Can't save in background: fork: Cannot allocate memory",
        f"{GAVE_UP}: the source has an error",
    ],
)
def test_errors_of_every_service_are_known_by_their_words(text: str) -> None:
    assert last(lines("all is well", text, "all is well again")) == Complaint(text, seconds(NOON))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27 19:06:56,757 INFO  [ckan.config.middleware.flask_app]  200 /dataset/error render time 0.7 seconds",
        '2026-11-27 19:06:51.950 GMT [1] LOG:  skipping missing configuration file "/run/datacats/postgresql.conf"',
        "2026-11-27 19:06:51.950 UTC [21] postgres@postgres FATAL:  the database system is starting up",
        "1:M 27 Nov 2026 19:06:52.771 # WARNING Memory overcommit must be enabled! Without it, a save may fail",
        "1:C 27 Nov 2026 19:06:52.769 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo",
        '    raise KeyError("cats")',
        "Traceback (most recent call last):",
        "",
    ],
)
def test_what_is_no_error_is_none(text: str) -> None:
    assert last(lines(text)) is None


def test_of_a_traceback_the_last_line_is_told() -> None:
    log = lines("x ERROR [ckan] boom", "Traceback (most recent call last):", '  File "x.py"', "ValueError: no cats")
    found = last(log)
    assert found is not None
    assert found.text == "ValueError: no cats"


def test_a_line_without_end_is_cut() -> None:
    found = last(lines(f"ValueError: {'x' * 5000}"))
    assert found is not None
    assert len(found.text) == 300


def test_a_moment_that_never_was_is_nothing() -> None:
    assert (seconds("0001-01-01T00:00:00Z"), seconds("soon")) == (0.0, 0.0)
    assert seconds("1970-01-01T00:01:00.5Z") == 60.0
