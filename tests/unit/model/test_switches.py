"""Which services a site has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.model.environment import Mode
from datacats.model.names import BESIDE_WEB
from datacats.model.switches import SWITCHES, is_on, services_of
from datacats.services.processes import COMMANDS
from tests.unit.builders import ENVIRONMENT, SITE


def test_every_service_beside_web_has_a_switch() -> None:
    assert set(SWITCHES) == set(BESIDE_WEB)


def test_a_new_site_has_a_worker_and_one_with_little_memory_has_none() -> None:
    assert services_of(ENVIRONMENT, SITE) == ("web", "postgres", "solr", "redis", "worker", "mail")
    assert "worker" not in services_of(ENVIRONMENT, replace(SITE, low_memory=True))


@pytest.mark.parametrize("low_memory", [True, False])
def test_what_the_environment_says_counts_whatever_is_usual(*, low_memory: bool) -> None:
    site = replace(SITE, low_memory=low_memory)
    for switched in (True, False):
        environment = replace(ENVIRONMENT, services={"worker": switched, "harvest-gather": switched})
        assert [is_on(each, environment, site) for each in ("worker", "harvest-gather")] == [switched, switched]


def test_what_every_site_needs_cannot_be_switched_off() -> None:
    environment = replace(ENVIRONMENT, services=dict.fromkeys(("web", "postgres", "solr", "redis"), False))
    assert services_of(environment, SITE)[:4] == ("web", "postgres", "solr", "redis")


def test_mails_are_caught_in_development_only_unless_the_environment_says_so() -> None:
    production = replace(SITE, mode=Mode.PRODUCTION)
    assert is_on("mail", ENVIRONMENT, SITE)
    assert not is_on("mail", ENVIRONMENT, production)
    assert is_on("mail", replace(ENVIRONMENT, services={"mail": True}), production)


def test_cron_is_there_when_there_is_something_to_run_and_never_otherwise() -> None:
    entries = replace(ENVIRONMENT, cron={"@daily": ("true",)})
    assert is_on("cron", entries, SITE)
    assert not is_on("cron", replace(entries, services={"cron": False}), SITE)
    assert not is_on("cron", replace(ENVIRONMENT, services={"cron": True}), SITE)


def test_everything_that_can_be_switched_on_has_a_command() -> None:
    assert set(COMMANDS) <= set(SWITCHES)
