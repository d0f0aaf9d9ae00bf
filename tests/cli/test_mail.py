"""``mail``, ``demo-data``, and ``[cron]`` of ``datacats.toml``: what is asked of containers, and how it is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datacats.engine.fake_world import Call, Outcome
from tests.support.desk import WORK, Desk

TOML = WORK / "catstown" / "datacats.toml"
LISTED = {"number": 3, "date": "Tue, 24 Nov", "sender": "CKAN", "recipients": "ada@demo.example", "subject": "Reset"}


def answers(desk: Desk, document: Any, status: int = 0) -> list[Call]:
    """Let every command inside a container print a document; return the commands."""
    seen: list[Call] = []

    def program(call: Call) -> Outcome:
        seen.append(call)
        return Outcome(status, json.dumps(document).encode(), b"no such directory")

    desk.engine.world.program = program
    return seen


def test_mails_are_listed_a_line_for_each(catstown: Desk) -> None:
    seen = answers(catstown, [LISTED])
    assert catstown.done("mail", "-e", "catstown").lines == ["3  Tue, 24 Nov  ada@demo.example  Reset"]
    assert (seen[0].container, seen[0].command[-1]) == ("datacats_mail_catstown", "list")


def test_no_mail_is_told_to_people_and_is_an_empty_list_to_programs(catstown: Desk) -> None:
    answers(catstown, [])
    assert catstown.done("mail", "-e", "catstown").out == "No mail was sent.\n"
    assert catstown.done("mail", "-e", "catstown", "--json").result == {"mails": []}


def test_one_mail_is_shown_with_its_heads_and_its_text(catstown: Desk) -> None:
    answers(catstown, {**LISTED, "text": "Dear Ada,\nclick.\n", "attachments": ["cats.csv"]})
    lines = catstown.done("mail", "show", "3", "-e", "catstown").lines
    assert lines == [
        "From: CKAN",
        "To: ada@demo.example",
        "Date: Tue, 24 Nov",
        "Subject: Reset",
        "Attached: cats.csv",
        "",
        "Dear Ada,",
        "click.",
    ]


def test_a_mail_that_is_not_there_and_none_named_are_told(catstown: Desk) -> None:
    answers(catstown, None)
    assert catstown("mail", "show", "9", "-e", "catstown").status == 4
    assert catstown("mail", "show", "-e", "catstown").status == 2


def test_mails_that_cannot_be_read_are_told_with_why(catstown: Desk) -> None:
    answers(catstown, None, status=1)
    ran = catstown("mail", "-e", "catstown")
    assert ran.status == 16
    assert "no such directory" in ran.err


@pytest.mark.parametrize("words", [("mail",), ("mail", "show", "1"), ("service", "add", "mail")])
def test_a_production_site_says_that_it_sends_its_mails_and_catches_none(
    catstown: Desk, words: tuple[str, ...]
) -> None:
    catstown.done("start", "catstown", "--production")
    assert "datacats_mail_catstown" not in catstown.states()
    catstown.forget()
    ran = catstown(*words, "-e", "catstown")
    assert (ran.status, catstown.changes()) == (5, [])
    assert "its mails are sent, as ckan.ini says (smtp.*), and none is caught" in ran.err
    assert "datacats start --development catstown" in ran.err


def with_cron(desk: Desk, entry: str) -> None:
    desk.disk.add(TOML, desk.disk.read(TOML) + f"\n[cron]\n{entry}\n".encode())


def test_an_entry_starts_cron_and_its_removal_ends_it(catstown: Desk) -> None:
    before = catstown.disk.read(TOML)
    with_cron(catstown, '"@hourly" = ["ckan notify send_emails", "true"]')
    catstown.done("start", "catstown")
    command = catstown.engine.world.container("datacats_cron_catstown").spec.command
    assert [json.loads(word)["run"] for word in command[2:]] == ["ckan notify send_emails", "true"]
    catstown.disk.add(TOML, before)
    catstown.done("start", "catstown")
    assert "datacats_cron_catstown" not in catstown.states()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('"61 * * * *" = "true"', "its minute cannot be '61'"),
        ('"@daily" = 3', 'what runs at "@daily" must be a command'),
        ('"@daily" = [""]', 'what runs at "@daily" must be a command'),
        ('"@daily" = []', 'what runs at "@daily" must be a command'),
    ],
)
def test_an_entry_that_cannot_be_is_refused_with_an_example(catstown: Desk, entry: str, words: str) -> None:
    with_cron(catstown, entry)
    ran = catstown("start", "catstown")
    assert ran.status == 3
    assert words in ran.err
    assert "For example" in ran.err


def loads(desk: Desk, *, made: bool, status: int = 0, there: int = 0) -> list[Any]:
    """Let the loader answer that it made all it was given but the first ``there`` datasets, or that all was there."""
    given: list[Any] = []

    def program(call: Call) -> Outcome:
        if not call.main:
            return Outcome(0)
        if "load_demo.py" not in call.command[-1]:
            return Outcome(None)
        given.append(json.loads(call.stdin))
        kinds = (("user", "users"), ("organization", "organizations"), ("group", "groups"), ("dataset", "datasets"))
        lines = [
            json.dumps({"kind": kind, "name": each["name"], "made": made and not (kind == "dataset" and at < there)})
            for kind, key in kinds
            for at, each in enumerate(given[0][key])
        ]
        return Outcome(status, "".join(f"{line}\n" for line in lines).encode(), b"solr is gone")

    desk.engine.world.program = program
    return given


def test_demo_data_gives_the_catalogue_to_a_one_off_container_and_counts(catstown: Desk) -> None:
    given = loads(catstown, made=True)
    ran = catstown.done("demo-data", "catstown")
    assert len(given[0]["datasets"]) == 200
    assert ran.out.startswith("Loaded 8 users, 8 organizations, 6 groups, 200 datasets: http://127.0.0.1:")
    assert "load the demo catalogue (asked for)" in ran.err
    assert len(ran.err.splitlines()) < 20


def test_demo_data_again_says_that_all_was_there(catstown: Desk) -> None:
    loads(catstown, made=False)
    assert catstown.done("demo-data", "catstown").out.startswith("All of it was there already")
    assert catstown.done("demo-data", "catstown", "--json").result["there"]["dataset"] == 200


def test_demo_data_that_is_carried_on_tells_each_kind_apart(catstown: Desk) -> None:
    loads(catstown, made=True, there=31)
    said = catstown.done("demo-data", "catstown").out
    assert said.startswith("Loaded 8 users, 8 organizations, 6 groups, 169 datasets (there already: 31 datasets): ")


def test_demo_data_that_fails_ends_with_ckans_last_words(catstown: Desk) -> None:
    loads(catstown, made=True, status=1)
    ran = catstown("demo-data", "catstown")
    assert ran.status == 16
    assert "solr is gone" in ran.err
    assert "the same command carries on" in ran.err
