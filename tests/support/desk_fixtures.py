"""Desks as fixtures, for the directories of tests that work on one."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A machine with images and no environment."""
    return Desk(monkeypatch)


@pytest.fixture
def catstown(desk: Desk) -> Desk:
    """The same with one environment that runs."""
    desk.create("catstown")
    return desk
