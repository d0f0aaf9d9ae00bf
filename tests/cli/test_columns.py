"""Rows that an eye can follow, however wide the terminal is."""

from __future__ import annotations

import pytest

from datacats.cli.columns import beside, columns, width
from tests.support.desk import HOME, Desk

ROWS = [("web", "running", "CKAN's pages and its API"), ("postgres", "off", "x")]


def test_cells_stand_below_each_other() -> None:
    assert columns(ROWS, None) == [
        "web       running  CKAN's pages and its API",
        "postgres  off      x",
    ]


def test_the_last_cell_is_wrapped_beside_the_others() -> None:
    assert columns([("web", "on", "it " * 20)], 40) == [
        "web  on  it it it it it it it it it it",
        "         it it it it it it it it it it",
    ]


def test_where_it_has_no_room_beside_them_it_goes_below() -> None:
    assert columns(ROWS, 40) == [
        "web       running",
        "  CKAN's pages and its API",
        "postgres  off      x",
    ]


def test_a_long_word_is_never_broken() -> None:
    url = f"http://{'x' * 60}/"
    assert columns([("catstown", "running", url)], 40) == ["catstown  running", f"  {url}"]


def test_text_stands_beside_its_head_where_there_is_room() -> None:
    assert beside("note     ", "it is so", 80) == ["note     it is so"]
    assert beside(" " * 22, "word " * 5, 40) == ["  word word word word word"]


def test_no_rows_are_no_lines() -> None:
    assert columns([], 80) == []


def test_a_pipe_has_no_width(capsys: pytest.CaptureFixture[str]) -> None:
    assert width() is None
    assert capsys.readouterr().out == ""


def test_forty_columns_of_a_terminal_are_kept_to(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    catstown.terminal = True
    lines = catstown.done("service", "list", "catstown").lines
    assert "  finds what harvest sources have" in lines
    assert max(map(len, lines)) <= 40


def test_what_doctor_finds_keeps_to_forty_columns_but_for_commands(
    catstown: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    catstown.terminal = True
    lines = catstown("doctor", "catstown", "--no-color").lines
    assert max(len(line) for line in lines if "Fix:" not in line) <= 40
    assert "" not in lines


def test_how_bad_a_finding_is_has_a_colour_where_there_are_some(
    catstown: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    catstown.done("stop", "catstown")
    catstown.disk.tree.remove(HOME / "catstown" / "sites" / "primary" / "solr")
    catstown.terminal = True
    assert "\x1b[33m\x1b[1mwarning\x1b[0m" in catstown("doctor", "catstown").out
    assert "\x1b" not in catstown("doctor", "catstown", "--no-color").out


def test_what_happened_is_wrapped_between_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    desk.terminal = True
    lines = desk("start", "nowhere", "--no-color").err.splitlines()
    assert lines[:2] == ["Error: There is no environment", "       'nowhere', and no such directory."]
