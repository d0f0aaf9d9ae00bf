"""The version of datacats; the packaging reads it from here."""

from __future__ import annotations

VERSION = "2.0.0.dev0"
