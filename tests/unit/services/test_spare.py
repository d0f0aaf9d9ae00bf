"""A spare's description: what it is made from is in its key, and who has one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.model import labels
from datacats.model.environment import Host, Mode, Placement, SiteContext
from datacats.model.image import ImageRef
from datacats.services import spare, web
from tests.unit.builders import ENVIRONMENT, HOST, IMAGES, context


def test_a_spare_is_a_one_off_like_any_other_with_a_name_and_an_open_input() -> None:
    site = context()
    spec = spare.describe(site, "digest")
    plain = web.one_off(site, spec.command, purpose="spare")
    marks = {**plain.labels, labels.CONFIGURATION: "digest"}
    assert spec == replace(plain, name="datacats_spare_catstown", stdin_open=True, checked=False, labels=marks)


def test_a_further_site_has_a_spare_of_its_own() -> None:
    assert spare.name(context(name="sandbox")) == "datacats_spare_catstown_sandbox"


def test_a_spare_is_destroyed_with_its_command_and_publishes_nothing() -> None:
    spec = spare.describe(context(), "digest")
    assert spec.auto_remove
    assert spec.ports == ()
    assert labels.SERVICE not in spec.labels


@pytest.mark.parametrize(
    "changed",
    [
        context(images=replace(IMAGES, web=ImageRef("datacats/web", "2.12.0-b"))),
        context(environment=replace(ENVIRONMENT, env={"TZ": "UTC"})),
        context(host=replace(HOST, proxies={"http_proxy": "http://proxy"})),
        context(host=Host(2000, 2000)),
    ],
    ids=["image", "variables", "proxies", "user"],
)
def test_a_change_of_what_it_is_made_from_changes_its_key(changed: SiteContext) -> None:
    assert spare.describe(changed, "digest").digest != spare.describe(context(), "digest").digest


def test_a_change_of_configuration_changes_its_key() -> None:
    assert spare.describe(context(), "one").digest != spare.describe(context(), "another").digest


def test_a_development_site_has_one_unless_it_is_low_on_memory_or_its_environment_says_no() -> None:
    assert spare.wanted(context())
    assert not spare.wanted(context(mode=Mode.PRODUCTION))
    assert not spare.wanted(context(low_memory=True))
    assert not spare.wanted(context(placement=Placement.VOLUMES))
    assert not spare.wanted(context(environment=replace(ENVIRONMENT, spares=False)))
