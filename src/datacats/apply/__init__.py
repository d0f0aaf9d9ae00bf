"""Carry a Plan out on the ports, with Events; decide nothing."""

from __future__ import annotations

from datacats.apply.meter import Meter
from datacats.apply.operations import apply, last_lines
from datacats.apply.wait import wait_for

__all__ = ["Meter", "apply", "last_lines", "wait_for"]
