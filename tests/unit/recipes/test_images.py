"""What every Dockerfile and script of an image keeps to."""

from __future__ import annotations

import re
import subprocess

import pytest

from datacats import recipes
from datacats.model.image import ROLES, ContextFile, HostBuild, Role

BUILT = ("web", "search")
"""The roles whose images have a build stage."""


def files(role: Role) -> dict[str, ContextFile]:
    return {file.path: file for file in recipes.recipe(role, "2.12.0", "amd64", "debian").files}


def dockerfile(role: Role) -> str:
    return files(role)["Dockerfile"].content.decode()


def final_stage(role: Role) -> str:
    return dockerfile(role).rpartition("\nFROM ")[2]


@pytest.mark.parametrize("role", ROLES)
def test_every_stage_stands_on_the_chosen_base(role: Role) -> None:
    text = dockerfile(role)
    assert text.startswith("ARG BASE=")
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}"}


@pytest.mark.parametrize("role", ROLES)
def test_no_process_is_root_and_docker_ps_can_tell_health(role: Role) -> None:
    stage = final_stage(role)
    assert "\nUSER 5716:5716\n" in stage
    assert "/usr/lib/datacats/healthy" in stage
    assert "\nHEALTHCHECK " in stage


@pytest.mark.parametrize("role", ROLES)
def test_what_the_host_has_reaches_build_stages_only(role: Role) -> None:
    assert "host" not in final_stage(role)
    assert ("COPY host/" in dockerfile(role)) == (role in BUILT)


@pytest.mark.parametrize("role", ROLES)
def test_no_proxy_argument_is_declared_so_that_none_is_in_the_history(role: Role) -> None:
    assert re.findall(r"^ARG (\w+)", dockerfile(role), re.MULTILINE) == ["BASE"]


@pytest.mark.parametrize("role", ROLES)
def test_compilers_stay_in_build_stages(role: Role) -> None:
    assert not re.search(r"\b(gcc|[\w-]+-dev|maven|openjdk|python3-venv|pip)\b", final_stage(role))


@pytest.mark.parametrize(("role", "lock"), [("postgres", "/var/lib/postgresql/lock"), ("redis", "/data/lock")])
def test_a_backing_service_becomes_what_holds_the_lock(role: Role, lock: str) -> None:
    command = final_stage(role).rpartition("\nCMD ")[2]
    assert command.startswith(f'["flock", "-n", "-E", "75", "-F", "{lock}", ')


def test_solr_becomes_what_holds_the_lock() -> None:
    assert "exec flock -n -E 75 -F /var/solr/lock" in files("search")["run"].content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_every_script_is_one_that_its_shell_can_read(role: Role) -> None:
    for file in files(role).values():
        if file.content.startswith((b"#!/bin/sh", b"#!/bin/bash")):
            subprocess.run(["bash", "-n"], input=file.content, check=True)


@pytest.mark.parametrize("role", ROLES)
def test_every_shell_script_stops_at_its_first_failure_or_is_a_check_of_its_own(role: Role) -> None:
    checks = {"healthy", "shared/ready", "shared/answers"}
    for path, file in files(role).items():
        if re.match(rb"#!/bin/(ba)?sh\n", file.content) and path not in checks:
            assert re.search(rb"^set -eu", file.content, re.MULTILINE), path


@pytest.mark.parametrize("role", ROLES)
def test_all_that_a_dockerfile_copies_is_in_the_context(role: Role) -> None:
    paths = {
        file.path for file in recipes.context(recipes.recipe(role, "2.12.0", "amd64", "debian"), HostBuild()).files
    }
    for words in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile(role), re.MULTILINE):
        for word in words.split():
            assert any(path == word or path.startswith(word) for path in paths), word


def test_every_jar_is_known_by_its_hash() -> None:
    lines = files("search")["jars.sha256"].content.decode().splitlines()
    assert len(lines) > 100
    assert all(re.fullmatch(r"[0-9a-f]{64}  [\w.-]+\.jar", line) for line in lines)


def test_solr_cannot_be_asked_to_fetch_from_elsewhere() -> None:
    assert b"enableRemoteStreaming" not in files("search")["core/conf/solrconfig.xml"].content


def test_the_core_s_index_is_state_and_its_definition_is_not() -> None:
    assert b"dataDir=/var/solr/data" in files("search")["core/core.properties"].content
    assert b"ClassicIndexSchemaFactory" in files("search")["core/conf/solrconfig.xml"].content


def test_postgres_lets_nobody_in_from_the_network_without_a_password() -> None:
    rules = [line.split() for line in files("postgres")["pg_hba.conf"].content.decode().splitlines()]
    assert {rule[-1] for rule in rules if rule and rule[0].startswith("host")} == {"scram-sha-256"}


def test_no_index_address_is_in_a_lock() -> None:
    for path in ("requirements.txt", "build.txt", "uv.txt"):
        assert b"://" not in files("web")[path].content
        assert b"--index" not in files("web")[path].content


def test_redis_is_asked_without_its_password_on_a_command_line() -> None:
    healthy = files("redis")["healthy"].content.decode()
    assert "REDISCLI_AUTH" in healthy
    assert not re.search(r"redis-cli.* -a\b", healthy)
