"""What the engine reported, as values."""

from __future__ import annotations

import pytest

from datacats.model import labels
from datacats.model.observed import ContainerSeen, EngineInfo, NetworkSeen, Observed

OURS, THEIRS = {labels.ROOT: "uuid-1"}, {labels.ROOT: "uuid-2"}
WEB = ContainerSeen("1", "datacats_web_cats", "datacats/web:1", "running", labels={**OURS, labels.SERVICE: "web"})
FOREIGN = ContainerSeen("2", "datacats_web_dogs", "datacats/web:1", "running", labels=THEIRS)
UNLABELLED = ContainerSeen("3", "datacats_solr_cats", "solr", "running")
BACK = NetworkSeen("4", "datacats_back_cats", labels=OURS)
OTHER = NetworkSeen("5", "bridge")


@pytest.mark.parametrize(
    ("state", "running"),
    [
        ("running", True),
        ("created", False),
        ("paused", False),
        ("restarting", False),
        ("removing", False),
        ("exited", False),
        ("dead", False),
    ],
)
def test_only_a_container_whose_process_runs_is_running(state: str, running: bool) -> None:  # noqa: FBT001
    assert ContainerSeen("1", "a", "b", state).running is running


def test_a_container_says_its_service_and_a_foreign_one_none() -> None:
    assert (WEB.service, FOREIGN.service) == ("web", "")


def test_things_are_found_by_their_whole_name() -> None:
    observed = Observed((WEB, FOREIGN), (BACK, OTHER))
    assert observed.container("datacats_web_cats") is WEB
    assert observed.container("datacats_web_cat") is None
    assert observed.network("datacats_back_cats") is BACK
    assert observed.network("datacats_back") is None


def test_what_belongs_to_another_data_root_or_to_nobody_is_not_ours() -> None:
    assert Observed((WEB, FOREIGN, UNLABELLED), (BACK, OTHER)).of("uuid-1") == Observed((WEB,), (BACK,))


@pytest.mark.parametrize(
    ("security", "rootless"),
    [
        ((), False),
        (("name=seccomp,profile=default", "name=cgroupns"), False),
        (("name=seccomp,profile=default", "name=rootless"), True),
        (("name=userns",), True),
    ],
)
def test_an_engine_that_shifts_user_numbers_is_noticed(security: tuple[str, ...], rootless: bool) -> None:  # noqa: FBT001
    info = EngineInfo("20.10", "1.41", "amd64", "Debian", 0, 1, "/var/lib/docker", security)
    assert info.rootless is rootless
