from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from types import FrameType

import pytest

from tests.contract.stage import FakeStage, RealStage, Stage


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Let a terminated run tidy up as an interrupted one does."""
    raise KeyboardInterrupt


@pytest.fixture(scope="session", autouse=True)
def _tidy_when_terminated() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, _interrupt)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def real() -> Iterator[RealStage]:
    """The real engine, for what only that can show."""
    with closing(RealStage()) as stage:
        yield stage


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.engine)])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Either engine: what a test shows here holds for both."""
    with closing(FakeStage() if request.param == "fake" else RealStage()) as stage:
        yield stage
