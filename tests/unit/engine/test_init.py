"""What the engine's init says of a program that it cannot execute, and what programs say that looks alike."""

from __future__ import annotations

import io

import pytest

from datacats.engine.init import FirstWords
from datacats.engine.mapping import NotExecutable

ABSENT = b"[FATAL tini (7)] exec nosuch failed: No such file or directory\n"


def heard(*pieces: bytes, status: int = 127) -> bytes:
    """Return what is passed on of an output that comes in these pieces."""
    output = io.BytesIO()
    first = FirstWords(output)
    for piece in pieces:
        first.file.write(piece)
        first.file.flush()
    first.check(status)
    return output.getvalue()


@pytest.mark.parametrize("pieces", [(ABSENT,), (ABSENT[:5], ABSENT[5:20], ABSENT[20:]), (ABSENT[:-1], b"\r\n")])
def test_the_words_of_the_init_become_ours_in_whatever_pieces_they_come(pieces: tuple[bytes, ...]) -> None:
    with pytest.raises(NotExecutable) as raised:
        heard(*pieces)
    assert raised.value.message == "There is no nosuch in the container."
    assert raised.value.exit_code == 127


@pytest.mark.parametrize(
    ("said", "told", "status"),
    [
        (b"exec ./go failed: No such file or directory", "There is no ./go in the container, or not what its", 127),
        (b"exec /etc failed: Permission denied", "/etc cannot be executed in the container: Permission denied.", 126),
        (b"exec x failed: Exec format error", "x cannot be executed in the container: Exec format error.", 126),
    ],
)
def test_it_is_told_why_with_the_status_of_a_shell(said: bytes, told: str, status: int) -> None:
    with pytest.raises(NotExecutable) as raised:
        heard(b"[FATAL tini (7)] ", said, b"\n", status=1)
    assert raised.value.message.startswith(told)
    assert (raised.value.exit_code, raised.value.hint != "") == (status, True)


@pytest.mark.parametrize(
    "pieces",
    [
        (b"one\n", ABSENT),
        (b"[FATAL", b" error] exec\n"),
        (b"[FATAL tini (7)] else\n", b"more"),
        (ABSENT, b"and more\n"),
        (b"[FATA",),
        (),
    ],
)
def test_what_a_program_says_is_passed_on_unchanged(pieces: tuple[bytes, ...]) -> None:
    assert heard(*pieces) == b"".join(pieces)


def test_a_program_that_ended_well_was_executed() -> None:
    assert heard(ABSENT, status=0) == ABSENT
