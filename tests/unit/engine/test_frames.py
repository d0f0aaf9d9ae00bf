from __future__ import annotations

import pytest

from datacats.engine.frames import Frames


def frame(number: int, data: bytes) -> bytes:
    return bytes([number, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


def gathered(frames: Frames, *pieces: bytes) -> dict[str, bytes]:
    """Feed pieces; return what came out on each output."""
    outputs = {"stdout": b"", "stderr": b""}
    for piece in pieces:
        for stream, data in frames.feed(piece):
            outputs[stream] += data
    return outputs


STREAM = frame(1, b"one") + frame(2, b"") + frame(2, b"two\x01\x00\x00\x00") + frame(1, b"three")
WHOLE = {"stdout": b"onethree", "stderr": b"two\x01\x00\x00\x00"}


@pytest.mark.parametrize("raw", [False, None])
@pytest.mark.parametrize("size", range(1, len(STREAM) + 1))
def test_outputs_are_told_apart_however_the_stream_is_cut(size: int, *, raw: bool | None) -> None:
    pieces = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]

    assert gathered(Frames(raw=raw), *pieces) == WHOLE


def test_a_long_frame_is_handed_on_while_it_comes() -> None:
    frames = Frames(raw=False)

    assert list(frames.feed(frame(1, b"x" * 100)[:50])) == [("stdout", b"x" * 42)]


def test_a_terminal_s_stream_is_one_output() -> None:
    assert gathered(Frames(raw=True), STREAM) == {"stdout": STREAM, "stderr": b""}


def test_a_stream_without_frames_is_known_by_its_beginning() -> None:
    assert gathered(Frames(raw=None), b"plain words") == {"stdout": b"plain words", "stderr": b""}


def test_a_stream_too_short_to_be_told_is_not_lost() -> None:
    frames = Frames(raw=None)

    assert gathered(frames, b"hi\r\n") == {"stdout": b"", "stderr": b""}
    assert frames.rest() == b"hi\r\n"
