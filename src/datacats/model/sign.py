"""Signs: what a service answers when it is asked, once and with a short deadline, how it is."""

from __future__ import annotations

from dataclasses import dataclass

PATIENCE = 3
"""Seconds that a service has for its answer. Who asks reports; who waits is a probe."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of background jobs: how many wait in it, how many have failed, how many workers listen."""

    name: str
    waiting: int
    failed: int
    workers: int


@dataclass(frozen=True, slots=True)
class Sign:
    """What a service answered.

    ``well`` is whether it does its work; ``said`` says why not. ``version`` is that of the program that runs.
    ``datasets`` counts the active ones: PostgreSQL tells those in the database, Solr those in the index. ``queues``
    are Redis's, and None where it was not asked or could not tell.
    """

    well: bool
    said: str = ""
    version: str = ""
    datasets: int | None = None
    queues: tuple[Queue, ...] | None = None
