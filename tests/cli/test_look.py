"""What an output can show."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest

from datacats.cli.look import Look, look_of


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def terminal(encoding: str = "utf-8") -> Terminal:
    return Terminal(io.BytesIO(), encoding)


def test_a_terminal_shows_lines_that_are_drawn_over_in_colours() -> None:
    assert look_of(terminal(), {"TERM": "xterm"}) == Look(live=True, colour=True, unicode=True)


@pytest.mark.parametrize("stream", [io.TextIOWrapper(io.BytesIO(), "utf-8"), None], ids=["pipe", "closed"])
def test_a_pipe_or_a_closed_stream_shows_plain_lines(stream: io.TextIOWrapper | None) -> None:
    look = look_of(stream, {})
    assert (look.live, look.colour) == (False, False)


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"DATACATS_PLAIN": "1"}])
def test_a_terminal_that_is_told_to_be_plain_shows_plain_lines(env: Mapping[str, str]) -> None:
    look = look_of(terminal(), env)
    assert (look.live, look.colour) == (False, False)
    assert look_of(terminal(), {}, plain=True) == look


def test_colours_are_left_out_where_somebody_says_so() -> None:
    without = Look(live=True, colour=False, unicode=True)
    assert look_of(terminal(), {"NO_COLOR": "1"}) == without
    assert look_of(terminal(), {}, colour=False) == without
    assert look_of(terminal(), {"NO_COLOR": ""}).colour


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-1"])
def test_more_than_ascii_is_shown_where_it_can_be(encoding: str) -> None:
    assert not look_of(terminal(encoding), {}).unicode
