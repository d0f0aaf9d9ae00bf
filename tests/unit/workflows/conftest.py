from __future__ import annotations

from tests.support.desk_fixtures import catstown, desk

__all__ = ["catstown", "desk"]
