"""Claiming a site: its name, its port, its subnets; written down before anything is made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from datacats.errors import AddressTaken, Busy, Conflict, UsageError
from datacats.model.derived_port import derived_port, next_port
from datacats.model.environment import Environment, Mode, Site
from datacats.model.event import Event, Said, ignore
from datacats.store import locate, site_file
from datacats.workflows import claim
from datacats.workflows.claim import SiteOptions
from datacats.workflows.workspace import Workspace
from tests.support.desk import HOME, WORK, Desk, images_of

EVERYWHERE = "0.0.0.0"  # noqa: S104 - chosen, not bound


@pytest.fixture
def workspace(desk: Desk) -> Workspace:
    return desk.workspace()


def environment(desk: Desk, name: str = "catstown") -> Environment:
    return locate.describe(desk.disk, desk.workspace().root, desk.add_source(WORK / name, name))


def claimed(desk: Desk, name: str = "catstown", site: str = "primary", **options: Any) -> Site:
    chosen = SiteOptions(**options)
    return claim.claim(desk.workspace(), environment(desk, name), site, images_of("2.12"), chosen, ignore)


def said(desk: Desk, name: str) -> list[str]:
    """What is said while a site is claimed."""
    events: list[Event] = []
    claim.claim(desk.workspace(), environment(desk, name), "primary", images_of("2.12"), SiteOptions(), events.append)
    return [event.text for event in events if isinstance(event, Said)]


def test_the_port_follows_from_the_name_as_it_always_did(desk: Desk) -> None:
    assert claimed(desk, "datapusher").port == 5716


def test_a_further_site_has_a_port_of_its_own_name(desk: Desk) -> None:
    assert claimed(desk, site="staging").port == derived_port("catstown", "staging")


def test_what_is_claimed_is_written_down_with_secrets_and_owner(desk: Desk) -> None:
    site = claimed(desk)
    assert site_file.read(desk.disk, environment(desk), "primary") == site
    assert desk.disk.entry(HOME / "catstown" / "sites" / "primary" / "secrets.json") is not None
    assert locate.recorded_source(desk.disk, desk.workspace().root, "catstown") == WORK / "catstown"


def test_a_free_port_is_taken_without_a_word(desk: Desk) -> None:
    assert said(desk, "catstown") == []


def test_the_next_free_port_is_said_aloud_with_the_holder_of_the_first(desk: Desk) -> None:
    port = derived_port("catstown")
    desk.http.taken |= {port: "nginx (pid 7)", next_port(port): "another"}
    assert said(desk, "catstown") == [f"Port {port} is taken by nginx (pid 7); the site gets {port + 2}."]


def test_a_holder_that_nobody_knows_is_not_made_up(desk: Desk) -> None:
    port = derived_port("catstown")
    desk.http.taken[port] = ""
    assert said(desk, "catstown") == [f"Port {port} is taken; the site gets {port + 1}."]


def test_a_port_that_is_promised_to_a_stopped_site_is_taken(desk: Desk) -> None:
    claimed(desk, "dogville", port=derived_port("catstown"))
    (line,) = said(desk, "catstown")
    assert "is taken by the site dogville/primary" in line


def test_when_every_port_is_taken_it_says_so_and_ends(desk: Desk) -> None:
    desk.http.taken |= dict.fromkeys(range(5000, 6000), "x")
    with pytest.raises(AddressTaken, match="Every port from 5000 to 5999 is taken"):
        claimed(desk)
    assert desk.disk.entry(HOME / "catstown") is None


@pytest.mark.parametrize("port", [5001, 8080, 65535])
def test_a_chosen_port_is_taken_or_refused_and_never_moved(desk: Desk, port: int) -> None:
    desk.http.taken[port] = "nginx"
    with pytest.raises(AddressTaken, match=f"Port {port} on 127.0.0.1 is taken by nginx"):
        claimed(desk, port=port)
    assert desk.disk.entry(HOME / "catstown") is None
    desk.http.taken.clear()
    assert claimed(desk, port=port).port == port


def test_a_half_made_site_keeps_its_port_subnets_and_secrets(desk: Desk) -> None:
    first = claimed(desk)
    secrets = site_file.read_secrets(desk.disk, environment(desk), "primary")
    desk.http.taken[first.port] = "our own web"
    assert claimed(desk) == first
    assert site_file.read_secrets(desk.disk, environment(desk), "primary") == secrets


def test_no_two_sites_share_a_subnet_and_those_in_use_are_left_out(desk: Desk) -> None:
    desk.create("birdland")
    found = [subnet for name in ("catstown", "dogville") for subnet in claimed(desk, name).subnets]
    used = [spec.subnet for spec in desk.engine.world.networks.values()]
    assert len(set(found + used)) == len(found) + len(used)


def test_what_is_foreseen_is_not_written_down(desk: Desk, workspace: Workspace) -> None:
    there = environment(desk)
    desk.forget()
    foreseen = claim.foresee(workspace, there, "primary", images_of("2.12"), SiteOptions(), ignore)
    assert desk.changes() == []
    assert foreseen == claimed(desk)


def test_somebody_who_claims_now_is_waited_for(desk: Desk) -> None:
    desk.workspace()
    desk.disk.holders[HOME / "_locks" / "root"] = "datacats create dogville"
    with pytest.raises(Busy, match="datacats create dogville"):
        claimed(desk)


def test_options_that_are_not_given_change_nothing(desk: Desk, workspace: Workspace) -> None:
    options: dict[str, Any] = {
        "address": "127.0.0.2",
        "site_url": "https://x",
        "low_memory": True,
        "debugger": True,
        "profile": True,
        "datastore": False,
        "port": 5001,
    }
    site = claimed(desk, **options)
    assert claim.with_options(workspace, environment(desk), site, SiteOptions(), ignore) == site


def test_an_empty_site_url_takes_it_back_and_a_slash_at_its_end_is_dropped(desk: Desk, workspace: Workspace) -> None:
    site = claimed(desk, site_url="https://x/")
    assert site.url == "https://x"
    back = claim.with_options(workspace, environment(desk), site, SiteOptions(site_url=""), ignore)
    assert back.url == f"http://127.0.0.1:{site.port}"


@pytest.mark.parametrize(
    ("mode", "address", "allowed"),
    [
        (Mode.DEVELOPMENT, "127.0.0.1", True),
        (Mode.DEVELOPMENT, "::1", True),
        (Mode.DEVELOPMENT, EVERYWHERE, False),
        (Mode.DEVELOPMENT, "192.0.2.7", False),
        (Mode.DEVELOPMENT, "::", False),
        (Mode.PRODUCTION, EVERYWHERE, True),
    ],
)
def test_a_debugger_is_not_published_beyond_this_machine(
    desk: Desk, workspace: Workspace, mode: Mode, address: str, allowed: object
) -> None:
    site, there = claimed(desk), environment(desk)
    options = SiteOptions(mode=mode, address=address)
    if allowed:
        assert claim.with_options(workspace, there, site, options, ignore).address == address
        return
    with pytest.raises(Conflict, match="debugger"):
        claim.with_options(workspace, there, site, options, ignore)
    insisting = replace(options, expose_debugger=True)
    exposed = claim.with_options(workspace, there, site, insisting, ignore)
    assert claim.with_options(workspace, there, exposed, SiteOptions(port=5001), ignore).address == address


@pytest.mark.parametrize("port", [-1, 0, 1023, 65536])
def test_a_port_that_web_cannot_publish_is_refused_before_it_is_looked_at(port: int) -> None:
    with pytest.raises(UsageError, match="cannot be the port"):
        claim.check(SiteOptions(port=port))


@pytest.mark.parametrize(
    "url", ["http://localhost:5000", "https://data.example.org", "https://xn--data-3qa.example/", ""]
)
def test_a_web_address_is_taken(url: str) -> None:
    claim.check(SiteOptions(site_url=url, address="2001:db8::1", port=1024))
