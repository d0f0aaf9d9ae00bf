"""``datacats logs``: which lines, from whom, and where they go."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from datacats.errors import EngineUnreachable
from datacats.model.ports import LogLine, LogQuery
from tests.support.desk import Desk


@pytest.fixture
def chatty(catstown: Desk) -> Desk:
    """A site whose services have said something."""
    world = catstown.engine.world
    for second, (service, text) in enumerate([("web", "first"), ("solr", "second"), ("web", "third")]):
        stream = "stderr" if text == "third" else "stdout"
        world.container(f"datacats_{service}_catstown").log.append((world.now + second, LogLine(stream, text)))
    return catstown


def test_the_log_of_web_is_what_is_meant_and_all_of_it_goes_through_a_pipe_in_order(chatty: Desk) -> None:
    ran = chatty.done("logs", "-e", "catstown")
    assert (ran.out, ran.err) == ("first\nthird\n", "")


def test_one_service_can_be_named(chatty: Desk) -> None:
    assert chatty.done("logs", "solr", "-e", "catstown").out == "second\n"


@pytest.mark.parametrize(
    ("services", "lines"),
    [((), ["first", "third"]), (("solr",), ["second"]), (("web", "solr"), ["web  | first", "solr | second"])],
)
def test_a_first_word_that_names_an_environment_and_no_service_is_that(
    chatty: Desk, services: tuple[str, ...], lines: list[str]
) -> None:
    assert set(lines) <= set(chatty.done("logs", "catstown", *services).lines)
    assert chatty("logs", "catstown", "-e", "catstown").status == 4


def test_an_environment_that_is_called_as_a_service_is_named_by_its_option(desk: Desk) -> None:
    desk.create("solr")
    assert desk("logs", "solr").status == 4
    assert desk("logs", "-e", "solr").status == 0


def test_several_services_are_interleaved_and_named(chatty: Desk) -> None:
    ran = chatty.done("logs", "web", "solr", "-e", "catstown")
    assert sorted(ran.lines) == ["solr | second", "web  | first", "web  | third"]


def test_a_service_named_twice_is_shown_once(chatty: Desk) -> None:
    assert chatty.done("logs", "solr", "solr", "-e", "catstown").out == "second\n"


def test_only_the_last_lines_are_shown_on_request(chatty: Desk) -> None:
    ran = chatty.done("logs", "-n", "1", "-e", "catstown")
    assert (ran.out, ran.err) == ("third\n", "")


def test_times_are_shown_on_request(chatty: Desk) -> None:
    assert chatty.done("logs", "-t", "solr", "-e", "catstown").out == "2023-11-14T22:13:21.000000000Z second\n"


@pytest.mark.parametrize("tail", ["all", "-1", "1.5"])
def test_a_number_of_lines_must_be_one(chatty: Desk, tail: str) -> None:
    assert chatty("logs", "--tail", tail, "-e", "catstown").status == 2


@pytest.mark.parametrize("since", ["yesterday", "-1h", "1w", "h", "1.5h", ""])
def test_a_span_of_time_must_be_one(chatty: Desk, since: str) -> None:
    ran = chatty("logs", f"--since={since}", "-e", "catstown")
    assert ran.status == 2
    assert "--since 90s, 15m, 2h or 1d" in ran.err


def test_a_span_of_time_leaves_out_what_is_older(chatty: Desk) -> None:
    ran = chatty.done("logs", "--since", "1d", "-e", "catstown")
    assert (ran.out, ran.err) == ("", "")


def test_follow_takes_every_other_option_too(chatty: Desk) -> None:
    assert chatty.done("logs", "-f", "-t", "--tail", "1", "solr", "-e", "catstown").out.endswith(" second\n")


def test_followed_services_are_named_too(chatty: Desk) -> None:
    assert chatty.done("logs", "-f", "web", "solr", "-e", "catstown").out.splitlines() != []


def speak(desk: Desk, service: str, text: str) -> None:
    """Let a service say something a second later than all before."""
    world = desk.engine.world
    world.now += 1
    world.container(f"datacats_{service}_catstown").log.append((world.now, LogLine("stdout", text)))


def test_following_goes_on_with_the_container_that_takes_the_place(chatty: Desk) -> None:
    def reload() -> None:
        chatty.done("reload", "catstown")
        speak(chatty, "web", "fourth")
        chatty.done("restart", "solr", "catstown")
        speak(chatty, "solr", "no concern of it")
        chatty.done("reload", "catstown")
        speak(chatty, "web", "fifth")

    chatty.engine.world.meanwhile.append(reload)
    ran = chatty.done("logs", "-f", "--tail", "1", "-e", "catstown")
    assert ran.lines == ["third", "fifth"]  # what said the fourth is gone again before it could be asked
    assert ran.err.splitlines().count("web has ended; its next start is awaited.") == 3


def test_what_was_said_before_a_container_is_started_again_is_told_once(chatty: Desk) -> None:
    def again() -> None:
        chatty.done("stop", "catstown")
        speak(chatty, "web", "ended")
        chatty.done("start", "catstown")
        speak(chatty, "web", "again")

    chatty.engine.world.now += 10
    chatty.engine.world.meanwhile.append(again)
    assert chatty.done("logs", "-f", "-e", "catstown").lines == ["first", "third", "ended", "again"]


def test_a_document_cannot_be_followed(chatty: Desk) -> None:
    ran = chatty("logs", "-f", "--json", "-e", "catstown")
    assert (ran.status, ran.error["kind"]) == (2, "UsageError")


def test_an_engine_that_breaks_off_ends_following_with_its_error(chatty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def lines(_self: object, name: str, _query: LogQuery) -> Iterator[LogLine]:
        yield LogLine("stdout", name)
        raise EngineUnreachable("The connection broke off.", "docker info")

    monkeypatch.setattr(type(chatty.engine.containers), "logs", lines)
    ran = chatty("logs", "-f", "web", "solr", "-e", "catstown")
    assert ran.status == 8
    assert "Error: The connection broke off." in ran.err


def test_a_follower_that_falls_does_not_leave_the_reader_waiting(chatty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("datacats.workflows.logs._Source.follow", fall)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    assert chatty("logs", "-e", "catstown", "-f", "web", "postgres").status == 0
    for thread in threading.enumerate():
        if "pump" in thread.name:
            thread.join()


def test_an_interrupt_ends_following_without_a_word(chatty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def lines(_self: object, _name: str, _query: LogQuery) -> Iterator[LogLine]:
        yield LogLine("stdout", "2023-11-14T22:13:21.000000000Z hello")
        raise KeyboardInterrupt

    monkeypatch.setattr(type(chatty.engine.containers), "logs", lines)
    ran = chatty("logs", "-f", "-e", "catstown")
    assert (ran.status, ran.out, ran.err) == (130, "hello\n", "")


def test_the_lines_as_json_say_who_said_them(chatty: Desk) -> None:
    result = chatty.done("logs", "web", "-e", "catstown", "--json").result
    assert result["lines"][0] == {"service": "web", "stream": "stdout", "text": "first"}


def test_a_service_that_is_none_lists_the_services(chatty: Desk) -> None:
    ran = chatty("logs", "mysql", "-e", "catstown")
    assert ran.status == 4
    assert "Services: web, postgres, solr, redis" in ran.err


@pytest.mark.parametrize("words", [["web"], ["web", "solr"], ["web", "solr", "-f"]])
def test_a_service_without_a_container_says_how_to_make_one(chatty: Desk, words: list[str]) -> None:
    del chatty.engine.world.containers["datacats_web_catstown"]
    ran = chatty("logs", *words, "-e", "catstown")
    assert ran.status == 11
    assert "datacats start catstown" in ran.err


def test_the_log_of_a_stopped_service_can_still_be_read(chatty: Desk) -> None:
    chatty.done("stop", "catstown")
    assert chatty.done("logs", "-e", "catstown").out == "first\nthird\n"
