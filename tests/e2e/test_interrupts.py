"""Ctrl-C during a real ``create``: it ends soon and with 130 wherever it was, and the same command carries on."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import docker
import pytest

from datacats.model import labels
from tests.e2e.conftest import PASSWORD
from tests.e2e.installation import Installation, belongs

DEADLINE = 300
SOON = 20


@pytest.fixture
def fresh() -> Iterator[Installation]:
    """A data root without a template."""
    made = Installation()
    yield made
    made.remove()


def interrupt(installation: Installation, name: str, when: Callable[[], bool]) -> None:
    """Interrupt ``create`` at a moment; it must end as it should."""
    (installation.base / "password").write_text(PASSWORD)
    with (
        (installation.base / "password").open() as typed,
        installation.start("create", name, "--bare", "--admin-password-stdin", stdin=typed) as process,
    ):
        end = time.monotonic() + DEADLINE
        while not when():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.02)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=DEADLINE)
    assert (process.returncode, said.splitlines()[-1][:12]) == (130, b"Interrupted."), said
    assert time.monotonic() - began < SOON


def test_a_create_that_is_interrupted_ends_with_130_and_is_mended_by_giving_it_again(
    fresh: Installation, engine: docker.APIClient
) -> None:
    name = fresh.name("cut")

    def makes_a_cluster() -> bool:
        seen = engine.containers(filters={"label": f"{labels.ONE_OFF}=initialise"})
        return any(belongs(each, fresh.home) for each in seen)

    interrupt(fresh, name, makes_a_cluster)
    assert not makes_a_cluster()
    interrupt(fresh, name, lambda: bool(engine.containers(filters={"name": f"^/datacats_web_{name}$"})))
    made = fresh.result("create", name, "--bare", "--admin-password-stdin", stdin=PASSWORD.encode())
    assert made["running"]
