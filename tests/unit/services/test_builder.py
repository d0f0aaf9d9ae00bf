"""The containers that install extensions and prove an engine: what they see, what they may do, and what they cannot."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from datacats.model import labels
from datacats.model.environment import Host
from datacats.model.image import ImageRef
from datacats.model.service import ContainerSpec
from datacats.services import builder, probe
from tests.unit.builders import ENVIRONMENT, HOST, context

BUILD = ImageRef("datacats/build", "1")
PRIVATE, CACHE, LAYER = Path("/data/run/build"), Path("/data/_cache"), Path("/data/layers/abc")


def install(host: Host = HOST, layer: Path | None = LAYER) -> ContainerSpec:
    return builder.describe(context(host=host), BUILD, builder.LAY, (PRIVATE, CACHE, layer))


def mounted(spec: ContainerSpec) -> dict[str, tuple[str, bool]]:
    return {mount.target: (mount.source, mount.read_only) for mount in spec.mounts}


def test_what_installs_reads_the_source_and_writes_the_layer_and_the_cache_alone() -> None:
    assert mounted(install()) == {
        "/project": ("/src/catstown", True),
        "/run/datacats": (str(PRIVATE), True),
        "/cache": (str(CACHE), False),
        "/usr/lib/extensions": (str(LAYER), False),
    }


def test_what_only_resolves_has_no_layer_to_write_to() -> None:
    assert "/usr/lib/extensions" not in mounted(install(layer=None))


def test_it_reaches_the_index_and_no_service_of_the_site() -> None:
    assert [each.network for each in install().networks] == ["datacats_front_catstown"]


def test_it_is_a_throw_away_container_of_the_caller() -> None:
    spec = install()
    assert (spec.name, spec.auto_remove, spec.user, spec.ports) == ("", True, "1000:1001", ())
    assert spec.labels[labels.ONE_OFF] == "lay"
    assert labels.SERVICE not in spec.labels
    assert spec.command == ("python3", "/usr/lib/datacats/extensions.py", "lay")


def test_it_sees_no_secret_of_the_site_and_none_of_its_files() -> None:
    sources = [source for source, _ in mounted(install()).values()]
    assert not [source for source in sources if str(ENVIRONMENT.data / "sites") in source]


def test_no_python_is_ever_fetched_from_elsewhere() -> None:
    env = install().env
    assert (env["UV_PYTHON_DOWNLOADS"], env["UV_LINK_MODE"], env["UV_CACHE_DIR"]) == ("never", "copy", "/cache")


def test_a_proxy_of_the_host_whose_address_may_hold_a_password_shows_in_no_description() -> None:
    spec = install(replace(HOST, proxies={"https_proxy": "http://me:word@proxy:3128"}))
    assert "word@proxy" not in repr(spec)


def test_authorities_are_named_to_all_that_ask_them_where_the_host_has_any() -> None:
    names = {"SSL_CERT_FILE", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE"}
    assert not names & set(install().env)
    env = install(replace(HOST, authorities=b"PEM")).env
    assert {env[name] for name in names} == {"/run/datacats/authorities.pem"}


def test_its_private_files_are_what_the_host_tells_and_what_it_does_not_tell_is_taken_away() -> None:
    found = builder.private_files(PRIVATE, {"variables": b"export A=1\n", "pip.conf": b"x"}, b"PEM")
    assert found == {
        PRIVATE / "variables": b"export A=1\n",
        PRIVATE / "uv.toml": None,
        PRIVATE / "authorities.pem": b"PEM",
    }
    assert set(builder.private_files(PRIVATE, {}, b"").values()) == {None}


def look(foreign: bool = False) -> ContainerSpec:  # noqa: FBT001, FBT002 - it reads as the question
    return probe.describe(context(), Path("/data/probe"), "nonce", foreign=foreign)


def test_the_probe_of_an_engine_sees_one_directory_and_no_network() -> None:
    assert mounted(look()) == {"/run/datacats": ("/data/probe", True)}
    assert (look().networks, look().auto_remove, look().name) == ((), True, "")
    assert look().labels[labels.ONE_OFF] == "probe"


def test_on_an_engine_with_users_of_its_own_the_probe_is_a_user_of_the_image() -> None:
    assert (look().user, look(foreign=True).user) == ("1000:1001", "5716:5716")


@pytest.mark.parametrize(
    ("seen", "own", "status"),
    [
        ("nonce", "nonce", 0),
        ("nonce", None, probe.FOREIGN),
        ("nonce", "other", probe.FOREIGN),
        (None, None, probe.UNSEEN),
        ("other", "nonce", probe.UNSEEN),
        ("", "", probe.UNSEEN),
    ],
)
def test_the_probe_tells_files_that_are_not_ours_from_a_user_that_is_not(
    tmp_path: Path, seen: str | None, own: str | None, status: int
) -> None:
    for name, content in ((probe.SEEN, seen), (probe.OWN, own)):
        if content is not None:
            (tmp_path / name).write_text(f"{content}\n")
    command = [word.replace("/run/datacats", str(tmp_path)) for word in look().command]
    assert subprocess.run(command, check=False, capture_output=True).returncode == status


def test_a_probe_says_nothing_to_anybody() -> None:
    streams = probe.silence()
    assert streams.stdin is None
    streams.stdout.write(b"x")
    assert not streams.terminal
