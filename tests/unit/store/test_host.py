"""Facts of the host: who owns files, and what builds and containers learn of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.errors import Conflict, UsageError
from datacats.model.environment import IMAGE_USER
from datacats.store import host
from datacats.store.subnets import free_pair, range_of


def test_an_ordinary_caller_owns_what_is_written() -> None:
    assert host.owner_for(FakeDisk(), Path("/x"), (1000, 1001)) == (1000, 1001)


def test_for_root_the_owner_of_the_source_directory_owns_it() -> None:
    disk = FakeDisk()
    disk.make_directory(Path("/home/me/cats"), 0o755, (1000, 1001))
    assert host.owner_for(disk, Path("/home/me/cats"), (0, 0)) == (1000, 1001)


def test_for_root_the_nearest_directory_above_decides_for_a_new_source_directory() -> None:
    disk = FakeDisk()
    disk.make_directory(Path("/home/me"), 0o755, (1000, 1001))
    assert host.owner_for(disk, Path("/home/me/new/deep"), (0, 0)) == (1000, 1001)


def test_nothing_ever_belongs_to_root() -> None:
    disk = FakeDisk()
    disk.make_directory(Path("/srv/cats"), 0o755, (0, 0))
    assert host.owner_for(disk, Path("/srv/cats"), (0, 0)) == IMAGE_USER


def test_a_proxy_is_told_in_both_spellings_and_never_used_between_services() -> None:
    facts = host.host(FakeDisk(), {"https_proxy": "http://p:1", "NO_PROXY": "corp"}, (1, 1)).proxies
    assert facts["HTTPS_PROXY"] == facts["https_proxy"] == "http://p:1"
    assert facts["no_proxy"] == "corp,localhost,127.0.0.1,web,postgres,solr,redis"


def test_without_a_proxy_nothing_is_told() -> None:
    assert host.host(FakeDisk(), {}, (1, 1)).proxies == {}


def test_authorities_and_index_settings_reach_the_build() -> None:
    disk = FakeDisk()
    for path, text in {
        "/usr/local/share/ca-certificates/corp.crt": b"PEM",
        "/home/me/.config/pip/pip.conf": b"[global]\nindex-url = https://index/simple\n",
        "/home/me/.m2/settings.xml": b"xml",
    }.items():
        disk.make_directory(Path(path).parent, 0o755)
        disk.place(Path(path), text, 0o644)
    build = host.host_build(disk, {"HOME": "/home/me", "http_proxy": "http://p:1"})
    assert {file.path: file.content for file in build.files} == {
        "host/ca/corp.crt": b"PEM",
        "host/pip.conf": b"[global]\nindex-url = https://index/simple\n",
        "host/variables": b"export UV_DEFAULT_INDEX=https://index/simple\n",
        "host/settings.xml": b"xml",
    }
    assert build.proxies["HTTP_PROXY"] == "http://p:1"


def test_subnets_avoid_what_is_taken_anywhere() -> None:
    taken = ["10.213.0.0/26", "10.213.0.64/27", "172.17.0.0/16", "fd00::/64"]
    assert free_pair(range_of({}), taken) == ("10.213.0.96/27", "10.213.0.128/27")


def test_a_used_up_range_is_refused_with_the_way_out() -> None:
    with pytest.raises(Conflict) as caught:
        free_pair(range_of({"DATACATS_SUBNETS": "10.0.0.0/26"}), ["10.0.0.0/27"])
    assert "DATACATS_SUBNETS" in caught.value.hint


def test_a_range_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="not a network"):
        range_of({"DATACATS_SUBNETS": "10.0.0.1/8"})
