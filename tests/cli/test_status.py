"""``status``: how a site is at a glance, for people at any width, for programs, and again and again."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable

import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.errors import EngineUnreachable, Unhealthy
from datacats.model.ports import Answer, Completed, LogLine
from tests.support.desk import HOME, USUAL, WORK, Desk, Ran

SICK = Unhealthy.exit_code
STARTED = 1_700_000_000.0
KNOWN = b"PONG\nredis_version:7.0.15\nid=4 name=w1 age=1\n"
QUEUE = b"queue %d %d ckan:catstown:default\n"
WORKER = b"worker w1 ckan:catstown:default\n"


class Voices:
    """What the services of the site say when they are asked."""

    def __init__(self, desk: Desk) -> None:
        self.told = {
            "postgres": Outcome(0, b"version 15.14\ndatasets 200\n"),
            "solr": Outcome(0, b'version 9.10.1\n{"numFound": 200}'),
            "redis": Outcome(0, KNOWN + QUEUE % (0, 0) + WORKER),
        }
        desk.engine.world.program = self

    def __call__(self, call: Call) -> Outcome:
        return Outcome(None) if call.main else self.told.get(call.container.split("_")[1], Outcome())


@pytest.fixture
def voices(catstown: Desk) -> Voices:
    """The site is well, has 200 datasets, and its disk was counted."""
    sites = HOME / "catstown" / "sites" / "primary"
    counted = {WORK / "catstown": 168, sites / "postgres": 90112, sites / "solr": 2048, sites / "files": 3 * 2**20}
    told = "".join(f"{size}\t{path}\n" for path, size in counted.items())
    catstown.disk.programs["timeout"] = Completed(124, told.encode())
    return Voices(catstown)


def wide(desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: int, lines: int = 60) -> None:
    """Let a person type on a terminal of that size."""
    desk.terminal = True
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: os.terminal_size((columns, lines)))


def rows(ran: Ran) -> dict[str, list[str]]:
    """The rows of the table, by service."""
    return {line.split()[0]: line.split()[1:] for line in ran.lines if line.split()[:1] and line.split()[0] in USUAL}


def test_a_site_that_is_well_says_so_first_then_how_each_part_is(catstown: Desk, voices: Voices) -> None:
    del voices
    url = catstown.done("info", "catstown", "--json").result["sites"][0]["url"]
    ran = catstown.done("status", "catstown")
    assert ran.lines[0] == f"catstown is running at {url} (development, CKAN 2.12.0)"
    assert ran.lines[2].split() == ["service", "state", "health", "version", "up", "memory", "restarts"]
    assert tuple(rows(ran)) == USUAL
    assert rows(ran)["postgres"][:3] == ["running", "ok", "15.14"]
    assert rows(ran)["worker"][:3] == ["running", "ok", "-"]
    assert rows(ran)["solr"][-3:] == ["20/1024", "MiB", "0"]
    assert ran.lines[-3:] == [
        "index    200 datasets; in the database 200 datasets",
        "queue    0 jobs waiting; a worker listens",
        "disk     source 168 KiB, database 88 MiB, index 2 MiB, files 3.0 GiB; unknown: queue, layer",
    ]
    assert "Next:" not in ran.out


def test_the_columns_stand_one_below_another(catstown: Desk, voices: Voices) -> None:
    del voices
    table = catstown.done("status", "catstown").lines[2:9]
    for heading in ("state", "health", "version"):
        at = table[0].index(heading)
        assert all(row[at - 1] == " " and row[at] != " " for row in table)
    assert len({len(row) for row in table}) == 1


def test_looking_changes_nothing_and_asks_the_engine_for_its_containers_once(
    catstown: Desk, voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    del voices
    asked: list[str] = []
    monkeypatch.setattr(type(catstown.engine.world), "ask", lambda _world, words: asked.append(words))
    catstown.done("status", "catstown")
    assert catstown.changes() == []
    assert asked.count("list containers") == 1


def test_programs_get_the_same_facts(catstown: Desk, voices: Voices) -> None:
    del voices
    found = catstown.done("status", "catstown", "--json").result
    assert (found["name"], found["site"], found["state"], found["healthy"]) == ("catstown", "primary", "running", True)
    assert [each["service"] for each in found["services"]] == list(USUAL)
    postgres = found["services"][1]
    assert (postgres["version"], postgres["memory"], postgres["memory_limit"]) == ("15.14", 20 * 2**20, 2**30)
    assert (postgres["health"], postgres["restarts"], postgres["uptime"] > 0) == ("ok", 0, True)
    assert found["index"] == {"stored": 200, "indexed": 200}
    assert found["queues"] == [{"name": "default", "waiting": 0, "failed": 0, "workers": 1}]
    assert (found["disk"]["database"], found["disk"]["queue"]) == (88 * 2**20, None)
    assert (found["warnings"], found["next"]) == ([], "")


def test_quiet_leaves_the_verdict(catstown: Desk, voices: Voices) -> None:
    del voices
    assert len(catstown.done("status", "catstown", "-q").lines) == 1


def test_an_index_that_lacks_datasets_is_a_warning_with_its_fix_and_no_failure(catstown: Desk, voices: Voices) -> None:
    voices.told["solr"] = Outcome(0, b'version 9.10.1\n{"numFound": 3}')
    ran = catstown.done("status", "catstown")
    fix = "datacats ckan -e catstown search-index rebuild"
    start = next(number for number, line in enumerate(ran.lines) if line.startswith("warning"))
    assert ran.lines[start] == "warning  The search index of catstown holds 3 datasets, its database 200."
    assert f"         Fix: {fix}" in ran.lines[start:]
    assert ran.lines[-1] == f"Next: {fix}"
    assert "index    3 datasets; in the database 200 datasets" in ran.lines


def test_jobs_without_a_worker_are_a_warning_and_the_worker_is_missed(catstown: Desk, voices: Voices) -> None:
    voices.told["redis"] = Outcome(0, KNOWN + QUEUE % (2, 1))
    catstown.engine.containers.stop("datacats_worker_catstown", 0)
    ran = catstown("status", "catstown")
    assert ran.status == SICK
    assert ran.lines[0].startswith("catstown runs without worker; at http://")
    assert rows(ran)["worker"][:2] == ["exited", "(0)"]
    assert "queue    2 jobs waiting, 1 failed; no worker listens" in ran.lines
    assert "         Fix: datacats start catstown" in ran.lines
    assert ran.lines[-1] == "Next: datacats start catstown"


def test_a_service_that_runs_and_does_not_answer_is_named_with_the_way_to_its_log(
    catstown: Desk, voices: Voices
) -> None:
    voices.told["solr"] = Outcome(1, b"", b"query: connect: Connection refused")
    ran = catstown("status", "catstown")
    assert ran.status == SICK
    assert ran.lines[0].startswith("catstown is not well: solr; at http://")
    assert rows(ran)["solr"][:2] == ["running", "failing"]
    assert "connect: Connection refused" in " ".join(ran.out.split())
    assert ran.lines[-1] == "Next: datacats logs solr -e catstown --tail 50"


def test_web_that_answers_with_an_error_is_not_well(catstown: Desk, voices: Voices) -> None:
    del voices
    port = catstown.site()["port"]
    catstown.http.script(f"http://127.0.0.1:{port}/api/3/action/status_show", Answer(500))
    found = catstown("status", "catstown", "--json").result
    assert (found["healthy"], found["services"][0]["said"]) == (False, "status 500")


@pytest.mark.parametrize("state", ["paused", "restarting", "exited", "dead", "created"])
def test_every_state_of_a_container_can_be_looked_at(catstown: Desk, voices: Voices, state: str) -> None:
    del voices
    catstown.engine.world.containers["datacats_solr_catstown"].state = state
    ran = catstown("status", "catstown")
    assert ran.status == SICK
    assert rows(ran)["solr"][0] == state
    assert rows(ran)["postgres"][0] == "running"
    assert "index    nobody knows how many; in the database 200 datasets" in ran.lines
    assert ran.lines[-1].startswith("Next: datacats ")


def test_a_container_that_is_gone_is_missing(catstown: Desk, voices: Voices) -> None:
    del voices
    catstown.engine.containers.remove("datacats_redis_catstown")
    ran = catstown("status", "catstown")
    assert (ran.status, rows(ran)["redis"][0]) == (SICK, "missing")
    assert not [line for line in ran.lines if line.startswith("queue")]


def test_a_site_that_is_stopped_is_said_to_be_and_how_it_comes_up(catstown: Desk, voices: Voices) -> None:
    del voices
    catstown.done("stop", "catstown")
    ran = catstown("status", "catstown")
    assert ran.status == SICK
    assert ran.lines[0] == "catstown is stopped (development, CKAN 2.12.0)"
    assert "warning" not in ran.out
    assert ran.lines[-1] == "Next: datacats start catstown"


def test_the_last_error_of_a_log_is_shown_with_its_age(catstown: Desk, voices: Voices) -> None:
    del voices
    web = catstown.engine.world.containers["datacats_web_catstown"]
    web.log.append((STARTED + 60, LogLine("stderr", "ValueError: no cats here")))
    ran = catstown.done("status", "catstown")
    (line,) = [line for line in ran.lines if line.startswith("log ")]
    assert re.fullmatch(r"log      web, \d+ d ago: ValueError: no cats here", line)
    told = catstown.done("status", "catstown", "--json").result["services"][0]["last_error"]
    assert told["text"] == "ValueError: no cats here"


def test_an_error_of_what_the_site_stands_on_is_one_of_the_site(catstown: Desk, voices: Voices) -> None:
    del voices
    catstown.disk.space = 2**20
    ran = catstown("status", "catstown")
    assert ran.status == SICK
    assert ran.lines[0].startswith("catstown is running at ")
    assert any(line.startswith("error    Only 1 MiB are free for data") for line in ran.lines)


def test_a_setting_that_start_will_refuse_is_told_before(catstown: Desk, voices: Voices) -> None:
    del voices
    ini = WORK / "catstown" / "ckan.ini"
    text = catstown.disk.read(ini).replace(b"[app:main]", b"[app:main]\nsqlalchemy.url = x")
    catstown.disk.place(ini, text, 0o644)
    ran = catstown("status", "catstown")
    assert ran.status == SICK
    assert f"error    {ini} sets sqlalchemy.url, which is each site's own." in ran.lines


def test_a_further_site_is_called_by_both_names(catstown: Desk, voices: Voices) -> None:
    del voices
    catstown.done("init", "-s", "blue", WORK / "catstown", "--admin-password-stdin", stdin=b"correct horse\n")
    ran = catstown.done("status", "-s", "blue", "catstown")
    assert ran.lines[0].startswith("catstown/blue is running at ")
    catstown.done("stop", "-s", "blue", "catstown")
    assert catstown("status", "-s", "blue", "catstown").lines[-1] == "Next: datacats start -s blue catstown"
    assert catstown("status", "catstown").status == 0


def test_a_neighbour_that_runs_hides_nothing(catstown: Desk, voices: Voices) -> None:
    del voices
    catstown.create("dogstown")
    catstown.engine.world.containers["datacats_postgres_catstown"].state = "paused"
    ran = catstown("status", "catstown")
    assert ran.lines[0].startswith("catstown runs without postgres; ")
    assert ran.lines[-1] == "Next: datacats start catstown"


@pytest.mark.parametrize("columns", [40, 59, 80, 200])
def test_no_line_is_wider_than_the_terminal_but_what_is_to_be_copied(
    catstown: Desk, voices: Voices, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    voices.told["solr"] = Outcome(0, b'{"numFound": 3}')
    wide(catstown, monkeypatch, columns)
    ran = catstown.done("status", "catstown")
    words = [line for line in ran.lines[1:] if "Fix: " not in line and not line.startswith("Next: ")]
    assert max(map(len, words)) <= columns
    assert "         Fix: datacats ckan -e catstown search-index rebuild" in ran.lines


def test_a_narrow_terminal_gets_two_lines_a_service_and_every_fact(
    catstown: Desk, voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    del voices
    catstown.engine.world.containers["datacats_solr_catstown"].restarts = 2
    wide(catstown, monkeypatch, 40)
    lines = catstown.done("status", "catstown").lines
    at = lines.index("solr 9.10.1: running, ok")
    assert re.fullmatch(r"  up \d+ d, 20/1024 MiB, 2 restarts", lines[at + 1])


def test_without_an_engine_the_error_is_the_usual_one(catstown: Desk) -> None:
    catstown.engine.world.failures["info"] = EngineUnreachable("Nobody is there.", "Start it.")
    ran = catstown("status", "catstown")
    assert (ran.status, ran.out) == (EngineUnreachable.exit_code, "")
    assert ran.err == "Error: Nobody is there.\nNext: Start it.\n"


# Again and again


@pytest.fixture
def pauses(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What happens in each pause of --watch; in the next one somebody presses Ctrl-C."""
    steps: list[Callable[[], None]] = []
    asked: list[float] = []

    def pause(seconds: float) -> None:
        asked.append(seconds)
        if not steps:
            raise KeyboardInterrupt
        steps.pop(0)()

    monkeypatch.setattr(catstown.http, "pause", pause)
    return steps


def nothing() -> None:
    """Let a pause pass."""


def test_in_a_pipe_each_look_is_a_block_without_codes_until_interrupted(
    catstown: Desk, voices: Voices, pauses: list[Callable[[], None]]
) -> None:
    del voices
    pauses.append(nothing)
    ran = catstown("status", "catstown", "--watch", "--interval", "5")
    assert (ran.status, ran.err) == (130, "")
    assert "\x1b" not in ran.out
    first, second = ran.out.split("\n\ncatstown is running")
    assert first.startswith("catstown is running")
    for block in (first, second):
        assert re.fullmatch(r"\d\d:\d\d:\d\d, every 5 s; Ctrl-C ends\.", block.rstrip("\n").splitlines()[-1])


def test_on_a_terminal_each_look_is_written_over_the_one_before(
    catstown: Desk, voices: Voices, pauses: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    del voices
    wide(catstown, monkeypatch, 40, lines=12)
    pauses.append(nothing)
    ran = catstown("status", "catstown", "-w")
    assert ran.status == 130
    clear, first, second = ran.out.split("\x1b[H")
    assert clear == "\x1b[2J"
    for look in (first, second):
        *lines, rest = look.split("\x1b[K\n")
        assert (len(lines), rest) == (11, "\x1b[J")
        assert max(map(len, lines)) <= 40


def test_an_engine_that_goes_away_between_two_looks_is_told_and_may_come_back(
    catstown: Desk, voices: Voices, pauses: list[Callable[[], None]]
) -> None:
    del voices
    failures = catstown.engine.world.failures
    pauses.append(lambda: failures.update(info=EngineUnreachable("Nobody is there.", "Start it.")))
    pauses.append(failures.clear)
    ran = catstown("status", "catstown", "--watch")
    assert ran.status == 130
    blocks = re.findall(r"^(?:catstown is running|Error: Nobody is there\.)", ran.out, re.MULTILINE)
    assert blocks == ["catstown is running", "Error: Nobody is there.", "catstown is running"]


def test_a_site_that_goes_away_between_two_looks_ends_it(
    catstown: Desk, voices: Voices, pauses: list[Callable[[], None]]
) -> None:
    del voices
    pauses.append(lambda: catstown.disk.tree.remove(HOME / "catstown"))
    ran = catstown("status", "catstown", "--watch")
    assert ran.status == 4
    assert ran.err.startswith("Error: ")


def test_quiet_and_watch_leave_a_line_a_look(catstown: Desk, voices: Voices, pauses: list[Callable[[], None]]) -> None:
    del voices
    pauses.append(nothing)
    ran = catstown("status", "catstown", "-wq")
    assert [line.partition(" at ")[0] for line in ran.lines if line] == ["catstown is running"] * 2


@pytest.mark.parametrize("option", ["--json", "--events"])
def test_what_programs_read_has_an_end(catstown: Desk, option: str) -> None:
    ran = catstown("status", "catstown", "--watch", option)
    assert (ran.status, ran.error["kind"]) == (2, "UsageError")


@pytest.mark.parametrize("options", [(), ("--plain",)])
def test_a_terminal_that_is_to_be_plain_gets_blocks_too(
    catstown: Desk, voices: Voices, pauses: list[Callable[[], None]], options: tuple[str, ...]
) -> None:
    del voices, pauses
    catstown.terminal = True
    ran = catstown("status", "catstown", "--watch", *options)
    assert ("\x1b" in ran.out) is not bool(options)


def test_an_interval_that_is_none_is_refused(catstown: Desk) -> None:
    assert catstown("status", "catstown", "--watch", "--interval", "0").status == 2


def test_a_command_that_is_at_work_is_named_and_what_it_has_stopped_needs_no_mending(
    catstown: Desk, voices: Voices
) -> None:
    voices.told["solr"] = Outcome(1)
    catstown.engine.containers.stop("datacats_worker_catstown", grace=1)
    catstown.disk.holders[HOME / "catstown" / "lock"] = "datacats db load"
    ran = catstown("status", "catstown")
    assert ran.lines[0].startswith("catstown runs without worker")
    assert ran.lines[1].startswith("At work on it: datacats db load (pid ")
    assert rows(ran)["solr"][1] == "starting"
    assert "Next:" not in ran.out
    assert "does not run" not in ran.out
    result = catstown("status", "catstown", "--json").result
    assert result["at_work"].startswith("datacats db load (pid ")
    assert (result["healthy"], result["next"]) == (False, "")


def test_a_site_on_which_a_command_is_at_work_is_being_made_not_half_made(catstown: Desk) -> None:
    path = HOME / "catstown" / "sites" / "primary" / "site.json"
    catstown.disk.add(path, catstown.disk.read(path).replace(b'"created"', b'"loading"'))
    assert catstown("status", "catstown").lines[0].startswith("catstown is half loaded (")
    catstown.disk.holders[HOME / "catstown" / "lock"] = "datacats db load"
    assert catstown("status", "catstown").lines[0].startswith("catstown is being loaded (")
