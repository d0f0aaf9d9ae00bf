"""What should run, asserted on the descriptions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from datacats.model import labels
from datacats.model.environment import Host, Mode, Placement
from datacats.model.image import ImageRef
from datacats.model.secrets import Secrets
from datacats.model.service import ContainerSpec
from datacats.services import files, ini, postgres, sass, web
from datacats.services.describe import describe
from datacats.store.source import new_files
from tests.unit.builders import ENVIRONMENT, context

SECRETS = Secrets.fresh()
INI = new_files("t")["ckan.ini"]


def specs(**changes: Any) -> dict[str, ContainerSpec]:
    desired = describe(context(**changes), SECRETS, "digest")
    return {each.service: each.container for each in desired.services}


def every_text(spec: ContainerSpec) -> str:
    return repr(spec)


def test_the_services_of_a_site_are_described_in_start_order() -> None:
    assert list(specs()) == ["postgres", "solr", "redis", "web", "worker", "mail"]
    assert list(specs(low_memory=True)) == ["postgres", "solr", "redis", "web", "mail"]


def test_names_are_the_seed_pages() -> None:
    assert [spec.name for spec in specs().values()] == [
        "datacats_postgres_catstown",
        "datacats_solr_catstown",
        "datacats_redis_catstown",
        "datacats_web_catstown",
        "datacats_worker_catstown",
        "datacats_mail_catstown",
    ]
    assert specs(name="sandbox")["web"].name == "datacats_web_catstown_sandbox"


def test_only_web_publishes_a_port_and_on_loopback_only() -> None:
    published = {service: spec.ports for service, spec in specs().items() if spec.ports}
    assert list(published) == ["web"]
    (port,) = published["web"]
    assert (port.port, port.container_port) == (5716, 5000)
    assert ip_address(port.address).is_loopback


def test_the_debugger_is_published_on_loopback_wherever_the_page_is() -> None:
    web_spec = specs(debugger=True, address="0.0.0.0")["web"]  # noqa: S104 - described, not bound
    assert [(each.address, each.port) for each in web_spec.ports] == [("0.0.0.0", 5716), ("127.0.0.1", 6716)]  # noqa: S104
    assert web_spec.command[-2:] == ("--debugger", str(web_spec.ports[1].container_port))


def test_neither_production_nor_the_foreground_has_a_debuggers_port() -> None:
    assert len(specs(debugger=True, mode=Mode.PRODUCTION)["web"].ports) == 1
    assert len(web.in_foreground(context(debugger=True), terminal=False).ports) == 1


def test_only_the_development_server_measures_pages_and_only_when_it_is_asked_to() -> None:
    assert "--profile" in specs(profile=True)["web"].command
    assert "--profile" not in specs()["web"].command
    assert "--profile" not in specs(profile=True, mode=Mode.PRODUCTION)["web"].command


def test_measured_pages_are_told_of_by_a_program_of_web_itself() -> None:
    assert web.pages("show", "3") == ("python", "/usr/lib/datacats/pages.py", "show", "3")


def test_with_a_debugger_and_a_measure_the_development_server_has_both() -> None:
    assert specs(profile=True, debugger=True)["web"].command[-3:] == ("--profile", "--debugger", "5678")


def test_the_compiler_of_sass_sees_the_source_and_what_is_installed_and_nothing_of_the_site() -> None:
    of = replace(context(), layer="0123")
    image = ImageRef("datacats/build", "2.12.0-1-2")
    spec = sass.describe(of, image)
    assert [(mount.target, mount.read_only) for mount in spec.mounts] == [(web.PROJECT, True), (web.LAYER, True)]
    assert (spec.networks, spec.env, spec.image, spec.user) == ((), {}, image, of.user)


def test_with_little_memory_the_development_server_is_told_so() -> None:
    assert "--low-memory" in specs(low_memory=True)["web"].command
    assert "--low-memory" not in specs()["web"].command


def test_only_what_runs_ckan_has_a_way_out() -> None:
    fronts = [service for service, spec in specs().items() if any("front" in each.network for each in spec.networks)]
    assert fronts == ["web", "worker"]
    front, back = describe(context(), SECRETS, "").networks
    assert (front.internal, back.internal) == (False, True)


def test_no_service_runs_as_root_or_writes_to_its_image() -> None:
    for spec in specs().values():
        assert spec.user == "1000:1001"
        assert spec.read_only


def test_every_service_has_limits() -> None:
    for spec in specs().values():
        assert 0 < spec.limits.memory <= 2048
        assert 0 < spec.limits.pids <= 512


def test_postgres_stops_by_a_fast_shutdown_with_a_minute_of_grace() -> None:
    spec = specs()["postgres"]
    assert (spec.stop_signal, spec.stop_grace) == ("SIGINT", 60)


@pytest.mark.parametrize("service", ["postgres", "redis"])
def test_a_backing_service_becomes_its_program_holding_the_lock_of_its_directory(service: str) -> None:
    command = specs()[service].command
    assert command[:5] == ("flock", "-n", "-E", "75", "-F")
    assert command[5].endswith("/lock")


def test_the_source_is_mounted_read_only_in_web() -> None:
    mounts = {mount.target: mount for mount in specs()["web"].mounts}
    assert mounts["/project"].read_only
    assert not mounts["/var/lib/ckan"].read_only


def test_each_program_sees_only_its_own_private_files() -> None:
    runs = {
        service: [mount.source for mount in spec.mounts if mount.target == "/run/datacats"]
        for service, spec in specs().items()
    }
    site = "/home/me/.datacats/catstown/sites/primary/run"
    assert runs == {
        "postgres": [],
        "solr": [],
        "redis": [f"{site}/redis"],
        "web": [f"{site}/web"],
        "worker": [f"{site}/web"],
        "mail": [],
    }


def test_no_secret_is_in_any_description() -> None:
    secrets = [value for value in vars_of(SECRETS) if value]
    for spec in specs().values():
        assert not [secret for secret in secrets if secret in every_text(spec)]


def vars_of(secrets: Secrets) -> Sequence[str]:
    return [getattr(secrets, name) for name in secrets.__slots__]


def test_the_process_variables_of_web_hold_no_setting_of_ckan_but_its_path() -> None:
    assert [name for name in specs()["web"].env if name.startswith("CKAN")] == ["CKAN_INI"]


def test_variables_of_the_environment_file_reach_web_and_one_off_containers() -> None:
    site = context(environment=replace(ENVIRONMENT, env={"TZ": "UTC"}))
    assert web.one_off(site, ("true",), purpose="test").env["TZ"] == "UTC"


def test_a_proxy_of_the_host_reaches_web_but_not_the_backing_services() -> None:
    site = context(host=Host(1, 1, proxies={"http_proxy": "http://proxy:3128"}))
    env = {each.service: each.container.env for each in describe(site, SECRETS, "").services}
    assert env["web"]["http_proxy"] == "http://proxy:3128"
    assert not [service for service in ("postgres", "solr", "redis") if "http_proxy" in env[service]]


def test_authorities_of_the_host_are_placed_and_named() -> None:
    site = context(host=Host(1, 1, authorities=b"PEM"))
    placed = {path.name: content for path, content in files.run_files(site, SECRETS, INI).items()}
    assert placed["authorities.pem"] == b"PEM"
    assert web.process_variables(site)["REQUESTS_CA_BUNDLE"] == "/run/datacats/authorities.pem"


def test_production_is_the_same_image_with_another_command() -> None:
    development, production = specs()["web"], specs(mode=Mode.PRODUCTION)["web"]
    assert development.image == production.image
    assert "gunicorn" in production.command
    assert development.command[-1].endswith("develop.py")


def test_production_comes_back_after_a_reboot_and_development_does_not() -> None:
    for mode, policy in ((Mode.PRODUCTION, "unless-stopped"), (Mode.DEVELOPMENT, "no")):
        assert {spec.restart for spec in specs(mode=mode).values()} == {policy}


def test_a_one_off_container_has_a_random_name_and_is_destroyed_after() -> None:
    spec = web.one_off(context(), ("ckan", "db", "upgrade"), purpose="command")
    assert (spec.name, spec.auto_remove, spec.ports) == ("", True, ())
    assert spec.labels[labels.ONE_OFF] == "command"
    assert labels.SERVICE not in spec.labels


def test_the_label_of_web_changes_with_what_it_reads_at_start() -> None:
    texts = files.run_files(context(), SECRETS, INI)
    first = files.configuration_digest(texts, b"a")
    assert files.configuration_digest(texts, b"b") != first
    other = files.run_files(context(site_url="https://data.example.org"), SECRETS, INI)
    assert files.configuration_digest(other, b"a") != first
    assert files.configuration_digest({Path("/x/redis/redis.conf"): b"1"}, b"") == files.configuration_digest({}, b"")


def ini_values(**changes: Any) -> dict[str, str]:
    text = ini.render(context(**changes), SECRETS, INI).decode().partition("\n\n")[0]
    return {key: value for key, separator, value in (line.partition(" = ") for line in text.splitlines()) if separator}


def test_the_ini_of_a_site_uses_the_sources_and_owns_what_is_documented() -> None:
    values = ini_values()
    assert values.pop("use") == "config:/project/ckan.ini"
    sending = {key for key in values if key.startswith("smtp.")}
    assert set(values) == ini.OWNED | sending


def test_a_percent_sign_in_a_value_is_doubled_for_ckans_parser() -> None:
    assert ini_values(site_url="http://x/%20y")["ckan.site_url"] == "http://x/%%20y"


def test_no_cookie_domain_is_ever_written_empty() -> None:
    assert not [key for key in ini_values() if key.startswith("SESSION_COOKIE")]


def test_debug_is_the_sources_choice_in_development_and_off_in_production() -> None:
    assert "debug" not in ini_values()
    assert ini_values(mode=Mode.PRODUCTION)["debug"] == "false"


def test_without_a_datastore_there_are_no_datastore_urls() -> None:
    assert not [key for key in ini_values(datastore=False) if key.startswith("ckan.datastore")]


def test_in_development_every_mail_goes_to_the_catcher_whatever_the_source_says() -> None:
    choices = INI.replace(b"[app:main]", b"[app:main]\nsmtp.server = mx.example.org\nsmtp.user = me", 1)
    text = ini.render(context(), SECRETS, choices).decode()
    assert "smtp.server = mail:1025\nsmtp.starttls = false\nsmtp.user = \nsmtp.password = \n" in text
    assert "smtp.mail_from = ckan@catstown.example" in text


def test_a_sender_that_the_source_names_is_kept() -> None:
    choices = INI.replace(b"[app:main]", b"[app:main]\nsmtp.mail_from = us@cats.org", 1)
    assert "smtp.mail_from" not in ini.render(context(), SECRETS, choices).decode()


@pytest.mark.parametrize("changes", [{"mode": Mode.PRODUCTION}, {"environment": {"mail": False}}])
def test_in_production_or_without_a_catcher_mails_go_where_the_source_says(changes: dict[str, Any]) -> None:
    services = changes.pop("environment", {})
    site = context(environment=replace(ENVIRONMENT, services=services), **changes)
    assert "smtp." not in ini.render(site, SECRETS, INI).decode()


def test_the_catcher_of_mails_has_no_way_out_and_sees_nothing_but_mails() -> None:
    spec = specs()["mail"]
    assert [each.network for each in spec.networks] == ["datacats_back_catstown"]
    assert [mount.target for mount in spec.mounts] == ["/var/mail"]


@pytest.mark.parametrize("placement", [Placement.VOLUMES, Placement.COPIES])
def test_where_our_files_cannot_be_mounted_mails_last_as_long_as_their_container(placement: Placement) -> None:
    spec = specs(placement=placement)["mail"]
    assert (spec.mounts, list(spec.tmpfs)) == ((), ["/var/mail"])


def test_the_entries_of_cron_are_its_command_so_that_a_changed_one_replaces_it() -> None:
    def described(**cron: tuple[str, ...]) -> ContainerSpec:
        environment = replace(ENVIRONMENT, cron={"0 4 * * *": ("ckan tracking update", "true"), **cron})
        found = describe(context(environment=environment), SECRETS, "digest").services
        return next(each.container for each in found if each.service == "cron")

    first, second = (json.loads(word) for word in described().command[2:])
    assert (first["run"], first["minutes"], first["hours"]) == ("ckan tracking update", [0], [4])
    assert second["run"] == "true"
    assert described(**{"@daily": ("false",)}).digest != described().digest


def test_role_passwords_are_sent_as_verifiers_only() -> None:
    sql = postgres.passwords(context(), SECRETS, cause="").sql
    assert SECRETS.ckan not in sql
    assert "SCRAM-SHA-256$4096:" in sql


def test_how_ckan_logs_is_the_sources_choice() -> None:
    text = ini.render(context(), SECRETS, INI.replace(b"level = DEBUG", b"level = ERROR")).decode()
    assert "[logger_ckanext]\nlevel = ERROR" in text
    assert text.count("[app:main]") == 1


def test_a_source_that_says_nothing_of_logging_logs_to_the_console() -> None:
    text = ini.render(context(), SECRETS, b"[app:main]\nuse = egg:ckan\n").decode()
    assert "[handler_console]" in text
