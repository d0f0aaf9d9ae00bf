"""Status on a real site: what is broken there it names with its fix, and after the fix it is gone."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import docker
import pytest

from datacats.errors import EngineUnreachable, Unhealthy
from tests.e2e.conftest import Running, make
from tests.e2e.freezing import freeze
from tests.e2e.installation import PROGRAM, Installation

SICK = Unhealthy.exit_code

ENQUEUE = (
    "from ckan.cli.cli import CtxObject; CtxObject('/run/datacats/ckan.ini');"
    "from ckan.lib.jobs import enqueue; print(enqueue(print, ['meow']).id)"
)
EMPTY = """\
body='<delete><query>*:*</query></delete>'
exec 3<> /dev/tcp/127.0.0.1/8983
printf 'POST /solr/ckan/update?commit=true HTTP/1.0\\r\\nHost: localhost\\r\\nContent-Type: text/xml\\r\\n' >&3
printf 'Content-Length: %d\\r\\n\\r\\n%s' ${#body} "$body" >&3
read -r line <&3
[[ $line == *' 200 '* ]]
"""


@dataclass
class Site:
    """A running site, and what its status is."""

    running: Running

    @property
    def name(self) -> str:
        return self.running.name

    def status(self, status: int = 0) -> dict[str, Any]:
        return self.running.installation.result("status", self.name, status=status)

    def service(self, name: str, status: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.status(status)["services"] if each["service"] == name)
        return found

    def until(self, is_so: Callable[[], bool], seconds: float = 90) -> None:
        """Look until something is so; each look is a run of the command, which sets the pace."""
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, self.running.installation.text("status", self.name, "--plain")

    def looks(self) -> dict[str, Any]:
        """Its status, whatever that is."""
        done = subprocess.run(
            [*PROGRAM, "status", self.name, "--json"],
            env=self.running.installation.env,
            capture_output=True,
            check=False,
        )
        found: dict[str, Any] = json.loads(done.stdout)["result"]
        return found

    def until_well(self) -> None:
        self.until(lambda: bool(self.looks()["healthy"]))

    def container(self, service: str) -> str:
        return f"datacats_{service}_{self.name}"

    def follow(self, fix: str) -> None:
        program, *words = shlex.split(fix)
        assert program == "datacats"
        self.running.installation.run(*words)


@pytest.fixture(scope="module")
def site(installation: Installation) -> Iterator[Site]:
    made = make(installation, "status")
    yield Site(made)
    installation.run("purge", made.name, "-y", "--delete-environment")


def test_a_healthy_site_is_told_with_all_its_facts(site: Site) -> None:
    site.until_well()
    found = site.status()
    told = {each["service"]: each for each in found["services"]}
    assert list(told) == ["web", "postgres", "solr", "redis", "worker", "mail"]
    assert {each["state"] for each in told.values()} == {"running"}
    assert {each["health"] for each in told.values()} == {"ok"}
    assert told["web"]["version"] == found["ckan"]
    assert told["postgres"]["version"].startswith("15.")
    assert told["solr"]["version"].startswith("9.")
    assert told["redis"]["version"].startswith("7.")
    assert all(0 < each["memory"] < each["memory_limit"] for each in told.values())
    assert all(0 <= each["uptime"] < 3600 for each in told.values())
    assert found["index"] == {"stored": 0, "indexed": 0}
    assert found["queues"] == [{"name": "default", "waiting": 0, "failed": 0, "workers": 1}]
    assert found["disk"]["database"] > 2**20
    assert None not in found["disk"].values()
    assert found["warnings"] == []


def test_a_job_without_a_worker_is_a_warning_until_its_fix_was_run(site: Site, engine: docker.APIClient) -> None:
    engine.kill(site.container("worker"))
    site.until(lambda: site.service("worker", SICK)["state"] == "exited")
    site.running.installation.run("exec", "-e", site.name, "web", "python", "-c", ENQUEUE)
    found = site.status(SICK)
    assert [(each["waiting"], each["workers"]) for each in found["queues"]] == [(1, 0)]
    warning = next(each for each in found["warnings"] if each["check"] == "queue")
    assert warning["what"] == f"1 job of {site.name} waits in the queue default, and no worker listens to it."
    site.follow(warning["fix"])
    site.until_well()
    site.until(lambda: site.status()["queues"][0]["waiting"] == 0)
    assert site.status()["warnings"] == []


def test_an_index_that_was_emptied_behind_ckan_is_a_warning_until_its_fix_was_run(
    site: Site, engine: docker.APIClient
) -> None:
    site.until_well()
    ckan = site.running.ckan
    ckan.action("organization_create", name="shelter")
    for name, private in (("tabby", False), ("tom", True)):
        ckan.action("package_create", name=name, owner_org="shelter", private=private)
    assert site.status()["index"] == {"stored": 2, "indexed": 2}
    emptied = engine.exec_create(site.container("solr"), ["bash", "-c", EMPTY])["Id"]
    engine.exec_start(emptied)
    assert engine.exec_inspect(emptied)["ExitCode"] == 0
    found = site.status()
    assert found["index"] == {"stored": 2, "indexed": 0}
    (warning,) = found["warnings"]
    assert (warning["check"], warning["severity"]) == ("index", "warning")
    assert found["next"] == warning["fix"]
    findings = site.running.installation.result("doctor", site.name)["findings"]
    assert warning["what"] in {each["what"] for each in findings}
    site.follow(warning["fix"])
    assert site.status()["index"] == {"stored": 2, "indexed": 2}
    assert site.status()["warnings"] == []


@pytest.mark.parametrize("service", ["postgres", "solr"])
def test_a_container_that_was_killed_or_frozen_is_named_and_the_next_command_mends_it(
    site: Site, engine: docker.APIClient, service: str
) -> None:
    name = site.container(service)
    freeze(engine, name)
    found = site.looks()
    assert {each["service"]: each["state"] for each in found["services"]}[service] == "paused"
    assert f"{service} of {site.name} is paused." in {each["what"] for each in found["warnings"]}
    site.follow(found["next"])
    site.until_well()
    engine.kill(name)
    site.until(lambda: bool(site.looks()["state"] == "partly"))
    found = site.looks()
    assert not found["healthy"]
    told = {each["service"]: each for each in found["services"]}
    assert (told[service]["state"], told[service]["exit_code"]) == ("exited", 137)
    site.follow(found["next"])
    site.until_well()


def test_a_container_that_ends_again_and_again_is_told_to_with_its_last_words(
    site: Site, engine: docker.APIClient
) -> None:
    name = site.container("mail")
    listed = engine.inspect_container(name)
    engine.remove_container(name, force=True)
    engine.create_container(
        listed["Config"]["Image"],
        ["sh", "-c", "echo 'ValueError: no cats' >&2; exit 3"],
        name=name,
        labels=listed["Config"]["Labels"],
        host_config=engine.create_host_config(restart_policy={"Name": "always"}, network_mode="none"),
    )
    engine.start(name)

    def told() -> list[dict[str, Any]]:
        return [each for each in site.looks()["warnings"] if each["check"] == "restarts"]

    site.until(lambda: any("ends again and again" in each["what"] for each in told()))
    assert any("ValueError: no cats" in each["why"] for each in told())
    engine.remove_container(name, force=True)
    site.running.installation.run("start", site.name)
    site.until_well()


def test_without_an_engine_the_error_is_the_usual_one(site: Site) -> None:
    env = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}
    failed = site.running.installation.result("status", site.name, status=EngineUnreachable.exit_code, env=env)
    assert failed["kind"] == "EngineUnreachable"


def watch(site: Site, **streams: Any) -> subprocess.Popen[bytes]:
    words = ["status", site.name, "--watch", "--interval", "0.2"]
    return subprocess.Popen([*PROGRAM, *words], env=site.running.installation.env, **streams)


def test_watched_in_a_pipe_it_is_one_block_after_another_until_interrupted(site: Site) -> None:
    with watch(site, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while sum(line.startswith(site.name) for line in lines) < 3:
            lines.append(process.stdout.readline().decode())
        process.send_signal(signal.SIGINT)
        lines.append(process.stdout.read().decode())
        assert process.wait() == 130
    assert "\x1b" not in "".join(lines)


def test_watched_on_a_terminal_it_is_drawn_in_place(site: Site) -> None:
    ours, theirs = pty.openpty()
    with watch(site, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while shown.count(b"\x1b[H") < 3:
            shown += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
    os.close(ours)
    assert shown.startswith(b"\x1b[2J\x1b[H")
    assert b"Traceback" not in shown
