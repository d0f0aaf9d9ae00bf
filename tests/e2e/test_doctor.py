"""Each test breaks one thing for real, sees that doctor names it, does what doctor says, and sees that it is well."""

from __future__ import annotations

import fcntl
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

import datacats
from datacats.errors import Unhealthy
from datacats.model import labels
from tests.e2e.conftest import Running
from tests.e2e.doctor import (
    LISTEN,
    Found,
    Patient,
    empty_image,
    follow,
    free_port,
    is_well,
    look,
    newest_image,
    of,
    tmpfs,
)
from tests.e2e.installation import PROGRAM, Installation
from tests.support.daemon import engine_that
from tests.support.users import NOBODY, needs_root

SICK = Unhealthy.exit_code


@pytest.fixture
def empty() -> Iterator[Installation]:
    """A data root of its own, without environments."""
    made = Installation()
    made.run("doctor")
    made.run("list")
    yield made
    made.remove()


@pytest.fixture(scope="module")
def ward(catstown: Running) -> Iterator[Patient]:
    """A site that does not run, beside one that does."""
    patient = Patient(catstown.installation, "ward")
    yield patient
    patient.installation.run("purge", patient.name, "-y")


# The engine


def test_a_healthy_site_has_no_error_and_the_lines_say_so(catstown: Running) -> None:
    lines = catstown.installation.text("doctor", catstown.name).splitlines()
    assert lines[0].startswith("ok       engine       The Docker Engine ")
    assert not [line for line in lines if line.startswith(("error", "warning  environments"))]


def test_an_engine_that_is_not_there_is_named_with_its_address_and_the_rest_is_looked_at(catstown: Running) -> None:
    findings = look(catstown.installation, status=SICK, env={"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    assert "/nowhere/docker.sock (DOCKER_HOST)" in of("engine", findings)["why"]
    assert of("ports", findings)["severity"] == "note"
    assert is_well("files", findings)


def test_a_context_that_is_not_there_is_named(empty: Installation) -> None:
    findings = look(empty, status=SICK, env={"DOCKER_CONTEXT": "nowhere", "DOCKER_HOST": ""})
    assert "'nowhere'" in of("engine", findings)["what"]
    assert "docker context ls" in of("engine", findings)["fix"]


@needs_root
def test_a_socket_that_is_closed_to_us_opens_to_members_of_its_group(empty: Installation, tmp_path: Path) -> None:
    # root without capabilities is as closed out as anybody
    def powerless(host: str, *groups: str) -> tuple[int, Found]:
        member = ["--groups", ",".join(groups)] if groups else ["--clear-groups"]
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *member, *PROGRAM, "doctor", "--json"]
        done = subprocess.run(command, env=empty.env | {"DOCKER_HOST": host}, capture_output=True, check=False)
        return done.returncode, of("engine", json.loads(done.stdout)["result"]["findings"])

    path = tmp_path / "docker.sock"
    with engine_that(path) as host:
        os.chown(path, NOBODY, NOBODY)
        path.chmod(0o660)
        status, found = powerless(host)
        assert (status, "closed to you" in found["what"]) == (SICK, True)
        assert "usermod -aG docker" in found["fix"]
        assert powerless(host, str(NOBODY))[0] == 0


def test_an_engine_that_is_too_old_is_refused_with_what_to_install(empty: Installation, tmp_path: Path) -> None:
    words = "client version 1.41 is too new. Maximum supported API version is 1.40"
    with engine_that(tmp_path / "engine.sock", refusal=(400, words)) as host:
        found = of("engine", look(empty, status=SICK, env={"DOCKER_HOST": host}))
    assert found["severity"] == "error"
    assert found["fix"] == "Install Docker Engine 20.10 or newer."


def test_the_open_loopback_of_older_engines_is_told_and_gone_after_the_upgrade(
    empty: Installation, tmp_path: Path
) -> None:
    with engine_that(tmp_path / "old.sock", ServerVersion="27.5.1") as host:
        found = of("version", look(empty, env={"DOCKER_HOST": host}))
    assert (found["severity"], "127.0.0.1" in found["what"]) == ("note", True)
    with engine_that(tmp_path / "new.sock", ServerVersion="28.0.0") as host:
        assert is_well("version", look(empty, env={"DOCKER_HOST": host}))


def test_too_little_memory_is_an_error_until_there_is_more(empty: Installation, tmp_path: Path) -> None:
    with engine_that(tmp_path / "small.sock", MemTotal=512 * 2**20) as host:
        found = of("memory", look(empty, status=SICK, env={"DOCKER_HOST": host}))
    assert "512 MiB" in found["what"]
    with engine_that(tmp_path / "large.sock", MemTotal=4 * 2**30) as host:
        assert of("memory", look(empty, env={"DOCKER_HOST": host}))["severity"] != "error"


# The host


@needs_root
def test_a_disk_that_is_nearly_full_is_an_error_where_data_and_where_images_lie(
    empty: Installation, tmp_path: Path
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    with tmpfs(full, "64m"), engine_that(tmp_path / "engine.sock", DockerRootDir=str(full)) as host:
        env = {"DATACATS_HOME": str(full / "home"), "DOCKER_HOST": host}
        disks = [each for each in look(empty, status=SICK, env=env) if each["check"] == "disk"]
        assert [each["severity"] for each in disks] == ["error", "error"]
        assert "datacats purge" in disks[0]["fix"]
        assert "datacats images prune" in disks[1]["fix"]
        subprocess.run(["mount", "-o", "remount,size=6g", str(full)], check=True)
        assert [each["severity"] for each in look(empty, env=env) if each["check"] == "disk"] == ["ok", "ok"]
        subprocess.run(["mount", "-o", "remount,ro", str(full)], check=True)
        disks = [each for each in look(empty, status=SICK, env=env) if each["check"] == "disk"]
        assert [each["what"] for each in disks] == [f"{full} cannot be written: its file system is read-only."] * 2


@needs_root
def test_ufw_is_told_to_be_no_help(empty: Installation, tmp_path: Path) -> None:
    layers = f"lowerdir=/etc,upperdir={tmp_path}/u/u,workdir={tmp_path}/u/w"
    steps = f"""
        mkdir {tmp_path}/u && mount -t tmpfs none {tmp_path}/u && mkdir {tmp_path}/u/u {tmp_path}/u/w
        mount -t overlay overlay -o {layers} /etc && mkdir -p /etc/ufw && echo ENABLED=yes > /etc/ufw/ufw.conf
        exec "$@"
    """
    command = ["unshare", "--mount", "sh", "-ec", steps, "sh", *PROGRAM, "doctor", "--json"]
    done = subprocess.run(command, env=empty.env, capture_output=True, check=False)
    if done.returncode == 1:
        pytest.skip(f"this host lets no file system lie over /etc: {done.stderr.decode()}")
    assert of("firewall", json.loads(done.stdout)["result"]["findings"])["severity"] == "note"
    assert is_well("firewall", look(empty))


def test_a_thief_on_the_promised_port_is_named_and_the_port_that_is_offered_is_free(ward: Patient) -> None:
    command = [sys.executable, "-c", LISTEN, str(ward.read()["port"])]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as thief:
        assert thief.stdout
        thief.stdout.readline()
        found = of("ports", look(ward.installation, ward.name, status=SICK))
        assert f"(pid {thief.pid})" in found["what"]
        offered = int(found["fix"].rpartition(" ")[2])
        socket.create_server(("127.0.0.1", offered)).close()
        thief.kill()
    assert is_well("ports", look(ward.installation, ward.name))


def test_a_registry_that_refuses_is_a_warning_until_it_is_started(empty: Installation) -> None:
    port = free_port()
    env = {"DATACATS_REGISTRY": f"127.0.0.1:{port}"}
    found = of("registry", look(empty, env=env))
    assert (found["severity"], "refused" in found["what"]) == ("warning", True)
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert is_well("registry", look(empty, env=env))
        server.shutdown()


def test_a_name_that_this_host_does_not_know_is_a_warning(empty: Installation) -> None:
    unknown = f"{'x' * 64}.invalid"  # longer than a name may be: no server is asked
    found = of("names", look(empty, env={"DATACATS_REGISTRY": unknown, "https_proxy": "http://127.0.0.1:9"}))
    assert (found["severity"], unknown in found["what"]) == ("warning", True)
    assert is_well("names", look(empty))


def test_a_service_that_web_cannot_find_is_named_and_comes_back(catstown: Running, engine: docker.APIClient) -> None:
    name = f"datacats_redis_{catstown.name}"
    engine.disconnect_container_from_network(name, f"datacats_back_{catstown.name}", force=True)
    found = of("names", look(catstown.installation, catstown.name, status=SICK))
    assert found["what"] == f"Web of {catstown.name} does not find redis."
    follow(catstown.installation, found["fix"])
    assert is_well("names", look(catstown.installation, catstown.name))


def test_a_foreign_network_on_a_promised_subnet_is_named_and_goes(ward: Patient, engine: docker.APIClient) -> None:
    name = f"{ward.name}-thief"
    pool = docker.types.IPAMPool(ward.read()["subnets"][0])
    engine.create_network(name, ipam=docker.types.IPAMConfig(pool_configs=[pool]))
    try:
        found = of("subnets", look(ward.installation, ward.name, status=SICK))
        assert (found["severity"], name in found["what"]) == ("error", True)
        assert found["fix"].endswith(f"docker network rm {name}")
    finally:
        engine.remove_network(name)
    assert of("subnets", look(ward.installation, ward.name))["severity"] != "error"


@needs_root
@pytest.mark.skipif(not shutil.which("ip"), reason="this host has no program that sets routes")
def test_a_route_of_the_host_into_the_range_is_a_warning_that_another_range_mends(empty: Installation) -> None:
    route = ["10.219.77.0/24", "dev", "lo"]
    subprocess.run(["ip", "route", "add", *route], check=True)
    try:
        findings = look(empty, env={"DATACATS_SUBNETS": "10.219.64.0/19"})
        assert any("10.219.77.0/24 by lo" in each["what"] for each in findings if each["check"] == "subnets")
        assert is_well("subnets", look(empty, env={"DATACATS_SUBNETS": "10.219.128.0/19"}))
    finally:
        subprocess.run(["ip", "route", "del", *route], check=True)


def test_a_range_that_is_nearly_used_up_is_a_warning_until_it_is_larger(empty: Installation) -> None:
    found = of("subnets", look(empty, env={"DATACATS_SUBNETS": "10.219.160.0/26"}))
    assert (found["severity"], "room for 1 more" in found["what"]) == ("warning", True)
    assert is_well("subnets", look(empty, env={"DATACATS_SUBNETS": "10.219.160.0/20"}))


# Environments


def test_a_create_that_was_killed_is_half_made_and_the_named_command_carries_on(catstown: Running) -> None:
    installation, name = catstown.installation, catstown.installation.name("killed")
    record = installation.home / name / "sites/primary/site.json"
    process = installation.start("create", name, "--image-only", start_new_session=True)
    while not record.exists():
        assert process.poll() is None
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    found = of("environments", look(installation, name))
    assert (found["severity"], f"{name} is half made" in found["what"]) == ("warning", True)
    follow(installation, found["fix"], "--image-only")
    assert is_well("environments", look(installation, name))
    installation.run("purge", name, "-y")


def test_an_environment_that_lost_its_source_is_an_error_and_can_be_purged_by_name(catstown: Running) -> None:
    lost = Patient(catstown.installation, "lost")
    shutil.rmtree(lost.source)
    found = of("environments", look(lost.installation, lost.name, status=SICK))
    assert str(lost.source) in found["what"]
    follow(lost.installation, found["fix"], "-y")
    assert not lost.record.parents[2].exists()


def test_a_purge_that_was_cut_off_is_carried_on_by_its_own_name(catstown: Running) -> None:
    gone = Patient(catstown.installation, "gone")
    gone.change(phase="purging")
    found = of("environments", look(gone.installation, gone.name))
    assert f"{gone.name} is half purged" in found["what"]
    follow(gone.installation, found["fix"], "-y")
    assert not gone.record.exists()


def test_each_damaged_file_is_named_until_it_is_put_back(ward: Patient) -> None:
    text = ward.record.read_text()
    ward.record.write_text(text[:20])
    try:
        found = of("files", look(ward.installation, ward.name, status=SICK))
        assert str(ward.record) in found["what"]
    finally:
        ward.record.write_text(text)
    assert is_well("files", look(ward.installation, ward.name))


def test_a_damaged_data_root_is_mended_from_what_its_networks_carry(
    empty: Installation, engine: docker.APIClient
) -> None:
    file = empty.home / "root.json"
    before = file.read_text()
    carried = {labels.HOME: str(empty.home), labels.ROOT: json.loads(before)["uuid"]}
    pool = docker.types.IPAMPool("10.219.150.0/29")
    engine.create_network(f"{empty.prefix}-n", labels=carried, ipam=docker.types.IPAMConfig(pool_configs=[pool]))
    file.write_text(before[:-9])
    assert str(file) in of("files", look(empty, status=SICK))["what"]
    assert is_well("files", look(empty, "--fix"))
    assert file.read_text() == before


def test_an_environment_that_does_not_exist_is_no_healthy_one(catstown: Running) -> None:
    assert catstown.installation.result("doctor", "nowhere", status=4)["kind"] == "NotFound"


# What may be mended without asking


def test_secrets_that_others_can_read_are_closed_by_fix(ward: Patient) -> None:
    secrets = ward.record.with_name("secrets.json")
    secrets.chmod(0o644)
    found = [each for each in look(ward.installation, ward.name) if str(secrets) in each["what"]]
    assert [each["fix"] for each in found] == [f"chmod 600 {secrets}"]
    look(ward.installation, ward.name, "--fix")
    assert secrets.stat().st_mode & 0o777 == 0o600


@needs_root
def test_files_that_belong_to_somebody_else_are_given_back_by_fix(ward: Patient) -> None:
    stolen = ward.record.parent / "files" / "stolen"
    stolen.write_text("meow")
    found = of("access", look(ward.installation, ward.name, status=SICK))
    assert (found["severity"], str(stolen) in found["what"]) == ("error", True)
    look(ward.installation, ward.name, "--fix")
    assert stolen.stat().st_uid == ward.record.stat().st_uid


def test_leftovers_are_removed_by_fix_and_nothing_else_is(catstown: Running, engine: docker.APIClient) -> None:
    installation = catstown.installation
    gone = installation.name("left")
    running = engine.inspect_container(f"datacats_web_{catstown.name}")
    ours = running["Config"]["Labels"]
    mine = {key: ours[key] for key in (labels.ROOT, labels.HOME)} | {labels.ENVIRONMENT: gone}
    engine.create_container(running["Config"]["Image"], name=f"datacats_web_{gone}", labels=mine)
    one_off = {**mine, labels.ENVIRONMENT: catstown.name, labels.ONE_OFF: "command"}
    engine.create_container(running["Config"]["Image"], name=f"{gone}-one-off", labels=one_off)
    making = installation.home / "_templates" / "0123.making"
    making.mkdir()
    left = [each for each in look(installation) if each["check"] == "leftovers"]
    assert [(each["severity"], each["mends_itself"]) for each in left] == [("warning", True)] * 3
    assert is_well("leftovers", look(installation, "--fix"))
    assert not making.exists()
    assert not engine.containers(all=True, filters={"name": gone})
    assert engine.inspect_container(running["Id"])["State"]["StartedAt"] == running["State"]["StartedAt"]


def test_a_template_that_somebody_makes_at_this_moment_is_left_to_them(catstown: Running) -> None:
    home = catstown.installation.home
    making = home / "_templates" / "4567.making"
    making.mkdir()
    with (home / "_locks" / "template-4567").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert is_well("leftovers", look(catstown.installation, "--fix"))
        assert making.exists()
    assert is_well("leftovers", look(catstown.installation, "--fix"))
    assert not making.exists()


def test_an_image_that_this_datacats_can_make_again_is_made_by_fix(
    ward: Patient, engine: docker.APIClient, tmp_path: Path
) -> None:
    shutil.copytree(Path(datacats.__file__).parent, tmp_path / "datacats")
    dockerfile = tmp_path / "datacats/recipes/images/redis/Dockerfile"
    dockerfile.write_text(f"{dockerfile.read_text()}\n# {ward.name}\n")  # another recipe, of the same layers
    env = {"PYTHONPATH": str(tmp_path)}
    before = ward.read()["images"]
    redis = newest_image(ward, "redis", env)
    assert redis != before["redis"]
    ward.change(images={**before, "redis": redis})
    try:
        found = of("images", look(ward.installation, ward.name, status=SICK, env=env))
        assert (redis in found["what"], found["mends_itself"]) == (True, True)
        assert found["fix"].startswith("datacats pull --ckan ")
        assert is_well("images", look(ward.installation, ward.name, "--fix", env=env))
        assert engine.images(redis)
    finally:
        ward.change(images=before)
        subprocess.run(["docker", "rmi", redis], capture_output=True, check=False)


# Images of others, last: mending them starts the site


def test_images_that_are_old_or_missing_are_named_and_upgrade_brings_newer_ones(
    ward: Patient, engine: docker.APIClient
) -> None:
    old = f"datacats/redis:{ward.installation.prefix}"
    engine.load_image(empty_image(old, "2020-02-02T02:02:02Z"))  # type: ignore[no-untyped-call]
    newest = ward.read()["images"]
    try:
        ward.change(images={**newest, "redis": old})
        found = of("images", look(ward.installation, ward.name))
        assert (found["severity"], "days old" in found["what"]) == ("warning", True)
    finally:
        engine.remove_image(old)
    found = of("images", look(ward.installation, ward.name, status=SICK))
    assert old in found["what"]
    follow(ward.installation, found["fix"])
    assert ward.read()["images"] == newest
    assert of("images", look(ward.installation, ward.name))["severity"] != "error"
