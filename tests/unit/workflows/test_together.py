"""Several things asked at once: the answers in order, and nobody waited for too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from datacats.workflows.together import together


def test_answers_come_in_the_order_of_the_questions_however_many_they_are() -> None:
    tasks: list[Callable[[], int]] = [partial(int, number) for number in range(100)]
    assert together(tasks, 5) == list(range(100))


def test_nothing_to_ask_is_nothing_to_wait_for() -> None:
    assert together([], 5) == []


def test_all_are_asked_at_the_same_time() -> None:
    meeting = threading.Barrier(6, timeout=5)
    assert sorted(together([meeting.wait] * 6, 10), key=str) == list(range(6))


def test_what_hangs_is_left_behind_and_the_rest_is_told() -> None:
    never = threading.Event()
    began = time.monotonic()
    assert together([lambda: 1, lambda: int(never.wait(30)), lambda: 3], 0.2) == [1, None, 3]
    assert time.monotonic() - began < 5
    never.set()


def test_a_thread_that_hangs_keeps_no_program_from_ending() -> None:
    seen = []
    together([lambda: seen.append(threading.current_thread().daemon)], 5)
    assert seen == [True]
