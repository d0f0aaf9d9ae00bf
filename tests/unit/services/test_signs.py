"""What services are asked, and what their answers mean."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from datacats.model.ports import Answer, Completed
from datacats.model.sign import Queue, Sign
from datacats.services import signs
from datacats.services.signs import Question, answered, of_page, page, question
from tests.unit.builders import SITE


def asked(service: str) -> Question:
    found = question(service, "catstown")
    assert found is not None
    return found


def sign(service: str, stdout: str) -> Sign:
    return answered(asked(service), Completed(0, stdout.encode()))


@pytest.mark.parametrize("service", ["postgres", "solr", "redis", "mail"])
def test_no_question_is_waited_for_longer_than_moments(service: str) -> None:
    assert asked(service).command[:2] == ("timeout", "3")


@pytest.mark.parametrize("service", ["web", "worker", "cron", "harvest-fetch"])
def test_others_are_asked_elsewhere_or_have_no_words(service: str) -> None:
    assert question(service, "catstown") is None


def test_postgresql_tells_its_version_and_the_active_datasets() -> None:
    assert sign("postgres", "version 15.14\ndatasets 200\n") == Sign(well=True, version="15.14", datasets=200)


def test_a_database_without_tables_is_no_illness() -> None:
    assert sign("postgres", "version 15.14\n") == Sign(well=True, version="15.14")


def test_solr_counts_what_ckan_of_that_site_would_find() -> None:
    assert "site_id%3A%22catstown%22" in asked("solr").command[-1]
    assert "state%3Aactive" in asked("solr").command[-1]
    body = json.dumps({"responseHeader": {"status": 0}, "response": {"numFound": 7, "docs": []}}, indent=2)
    assert sign("solr", f"version 9.10.1\n{body}") == Sign(well=True, version="9.10.1", datasets=7)


WORKER = "0d5ab7b4372a4998a0a2da574f60aeb9"
INFO = "# Server\r\nredis_version:7.0.15\r\n"
CLIENT = f"id=4 addr=10.241.0.38:60752 fd=11 name={WORKER} age=225 cmd=subscribe\n"
STRANGER = "id=5 addr=10.241.0.38:60754 fd=12 name= age=225 cmd=blmove\n"


def redis_says(*told: str, clients: str = CLIENT + STRANGER) -> Sign:
    return sign("redis", f"PONG\n{INFO}{clients}" + "".join(f"{line}\n" for line in told))


def test_redis_tells_of_queues_and_of_the_workers_that_listen_to_them() -> None:
    found = redis_says(
        "queue 3 1 ckan:catstown:default",
        "queue 0 0 ckan:catstown:slow",
        f"worker {WORKER} ckan:catstown:default,ckan:catstown:mine",
    )
    assert (found.well, found.version) == (True, "7.0.15")
    assert found.queues == (Queue("default", 3, 1, 1), Queue("mine", 0, 0, 1), Queue("slow", 0, 0, 0))


def test_a_worker_that_was_killed_is_still_listed_but_does_not_listen() -> None:
    found = redis_says("queue 2 0 ckan:catstown:default", f"worker {WORKER} ckan:catstown:default", clients=STRANGER)
    assert found.queues == (Queue("default", 2, 0, 0),)


def test_a_redis_in_which_nothing_ever_waited_has_no_queue() -> None:
    assert redis_says().queues == ()


def test_a_redis_that_answers_something_else_is_not_well() -> None:
    said = "LOADING Redis is loading the dataset in memory"
    assert sign("redis", f"{said}\n\n{said}\n") == Sign(well=False, said=said)


@pytest.mark.parametrize("service", ["postgres", "solr", "redis", "mail"])
def test_a_command_that_ends_well_and_says_nothing_is_a_sign_of_health(service: str) -> None:
    assert sign(service, "").well


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        (
            "query: connect: Connection refused\nquery: line 1: /dev/tcp/x: Connection refused",
            "connect: Connection refused",
        ),
        ("HTTP/1.1 500 Server Error", "HTTP/1.1 500 Server Error"),
        (
            "psql: error: connection failed: FATAL:  starting up\n\tIs it there?",
            "connection failed: FATAL:  starting up",
        ),
        ("psql:<stdin>:1: ERROR:  no such thing", "ERROR:  no such thing"),
        ("", "status 2"),
    ],
)
def test_a_failure_is_told_in_the_services_own_first_words(stderr: str, said: str) -> None:
    assert answered(asked("solr"), Completed(2, b"", stderr.encode())) == Sign(well=False, said=said)


def test_no_answer_in_time_is_told_as_that() -> None:
    assert answered(asked("solr"), Completed(124)) == Sign(well=False, said=signs.SILENT)


def test_web_is_asked_through_its_published_port() -> None:
    assert page(replace(SITE, address="::")) == "http://127.0.0.1:5716/api/3/action/status_show"


def test_web_tells_its_version_unless_the_site_hides_it() -> None:
    body = json.dumps({"success": True, "result": {"ckan_version": "2.12.0"}}).encode()
    assert of_page(Answer(200, "OK", body)) == Sign(well=True, version="2.12.0")
    for hidden in (b'{"result": {}}', b"<html>", b'{"result": null}', b"[]"):
        assert of_page(Answer(200, "OK", hidden)) == Sign(well=True)


@pytest.mark.parametrize("status", [302, 401, 403])
def test_a_page_that_is_closed_to_strangers_was_answered(status: int) -> None:
    assert of_page(Answer(status)).well


@pytest.mark.parametrize(
    ("answer", "said"),
    [(Answer(500), "status 500"), (Answer(404), "status 404"), (Answer(0, "the connection was refused"), "refused")],
)
def test_an_answer_that_is_none_says_why(answer: Answer, said: str) -> None:
    found = of_page(answer)
    assert (found.well, said in found.said) == (False, True)
