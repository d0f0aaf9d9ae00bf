"""What a terminal shows while a command works: read from a screen, as an eye would."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pyte
import pytest

from datacats.cli.live import LiveLines, short
from datacats.cli.look import Look
from datacats.errors import NotReady
from datacats.model.event import Activity, Event, Finished, Progressed, Said, Started
from datacats.model.image import BuildContext, ImageRef
from datacats.model.plan import BuildImage, StartContainer
from datacats.model.step import Step
from tests.support.desk import Desk

START = StartContainer("datacats_postgres_catstown", cause="the configuration changed")
BUILD = BuildImage(BuildContext(ImageRef("datacats/web", "2.12.0-1234567890ab"), (), {}, {}), cause="not here")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Screen:
    """A terminal, and what stands on it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, columns: int, look: Look) -> None:
        self.written = Terminal()
        self._columns = columns
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("LINES", "24")
        monkeypatch.setattr(sys, "stderr", self.written)
        self._progress = LiveLines(look)

    def show(self, *events: Event) -> list[str]:
        for event in events:
            self._progress.show(event)
        return self.lines()

    def end(self) -> list[str]:
        self._progress.end()
        return self.lines()

    def lines(self) -> list[str]:
        screen = pyte.Screen(self._columns, 24)
        pyte.Stream(screen).feed(self.written.getvalue().replace("\n", "\r\n"))
        return [line.rstrip() for line in screen.display if line.strip()]


Show = Callable[..., Screen]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Show:
    def make(columns: int = 80, *, colour: bool = True, unicode: bool = True) -> Screen:
        return Screen(monkeypatch, columns, Look(live=True, colour=colour, unicode=unicode))

    return make


def test_what_runs_is_seen_with_its_time_until_it_has_ended_and_is_a_line(screen: Show) -> None:
    seen = screen()
    (running,) = seen.show(Started(START, 1, 1))
    assert running.endswith("0.0 s  start postgres")
    assert seen.show(Finished(START, 1.234)) == [
        "  1.23 s  start postgres (the configuration changed)",
    ]
    assert seen.end() == seen.lines()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "create datacats_web_catstown_staging from datacats/web:2.12.0-c29d029aa58b",
            "create web from datacats/web:2.12.0",
        ),
        ("start datacats_solr__template_dabcec91ad98e541-d6c38289", "start solr of the template"),
        ("create internal network datacats_back_catstown 10.0.0.0/27", "create internal network back 10.0.0.0/27"),
        ("connect datacats_web_catstown to datacats_front_catstown", "connect web to front"),
        ("connect datacats_web_a to datacats_front_b", "connect datacats_web_a to datacats_front_b"),
        ("build datacats/web:2.12.0-c29d029aa58b-0123456789ab", "build datacats/web:2.12.0"),
        ("remove /home/me/.datacats/catstown", "remove /home/me/.datacats/catstown"),
    ],
)
def test_names_are_as_short_as_they_can_be_told_apart(text: str, shown: str) -> None:
    assert short(text) == shown


def test_a_build_shows_its_step_below(screen: Show) -> None:
    seen = screen()
    seen.show(Started(BUILD, 1, 1), Progressed(BUILD, Step("RUN uv pip install", 5, 33)), Progressed(BUILD, Step("x")))
    seen.show(Said("One thing to know."))
    said, build, step = seen.lines()
    assert said == "One thing to know."
    assert build.endswith("build datacats/web:2.12.0")
    assert step == "          step 5 of 33: RUN uv pip install"
    assert seen.end() == ["One thing to know."]


def test_operations_that_run_at_the_same_time_are_seen_at_the_same_time(screen: Show) -> None:
    seen = screen()
    assert len(seen.show(Started(START, 1, 2), Started(BUILD, 2, 2))) == 2
    assert len(seen.show(Finished(START, 1))) == 2
    assert seen.end() == ["  1.00 s  start postgres (the configuration changed)"]


def test_the_bytes_of_a_transfer_are_counted(screen: Show) -> None:
    load = Activity("load the dump", cause="asked for")
    seen = screen()
    seen.show(Started(load, 1, 1), Progressed(load, Step("", 1_000_000, 4_000_000, "bytes")), Said("x"))
    assert seen.lines()[-1] == "          1.0 MB of 4.0 MB (25 %)"


def test_forty_columns_crop_what_is_drawn_over_and_wrap_what_stays(screen: Show) -> None:
    seen = screen(40)
    lines = seen.show(Started(BUILD, 1, 1), Progressed(BUILD, Step("RUN " + "x" * 99, 5, 33)), Said("y"))
    assert len(lines) == 3
    assert (len(lines[2]), lines[2][-1]) == (40, "…")
    assert seen.show(Finished(BUILD, 61.5))[1:] == [
        "61.50 s  build datacats/web:2.12.0 (not",
        "here)",
    ]


def test_where_only_ascii_can_be_shown_only_ascii_is(screen: Show) -> None:
    seen = screen(40, unicode=False)
    seen.written.encoding = "ascii"
    seen.show(Started(BUILD, 1, 1), Progressed(BUILD, Step("RUN " + "x" * 99, 5, 33)), Said("y"))
    seen.show(Finished(BUILD, 61.5))
    assert seen.written.getvalue().isascii()


def test_without_colours_no_colour_is_sent(screen: Show) -> None:
    seen = screen(colour=False)
    seen.show(Started(START, 1, 1), Finished(START, 1.234))
    assert "\x1b[32m" not in seen.written.getvalue()
    coloured = screen()
    coloured.show(Started(START, 1, 1), Finished(START, 1.234))
    assert "\x1b[32m" in coloured.written.getvalue()


def test_the_cursor_is_left_alone_so_that_a_kill_leaves_one(screen: Show) -> None:
    seen = screen()
    seen.show(Started(START, 1, 1))
    assert "\x1b[?25l" not in seen.written.getvalue()


def test_what_is_drawn_over_is_gone_before_an_error_is_told(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    catstown.terminal = True
    catstown.engine.world.failures["start"] = NotReady("It is out.", "Call it.")
    ran = catstown("restart", "solr", "catstown", "--no-color")
    assert ran.status == 15
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(ran.err.replace("\n", "\r\n"))
    lines = [line.rstrip() for line in screen.display if line.strip()]
    assert lines[-3:] == ["Error: It is out.", "It happened while: start datacats_solr_catstown", "Next: Call it."]
    assert not any("s  start solr" in line for line in lines)
