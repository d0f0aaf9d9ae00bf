"""What only the real engine can show about how containers are made: limits, rights, mounts, ports, names, ends."""

from __future__ import annotations

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from datacats.errors import EngineError
from datacats.model.ports import LogQuery
from datacats.model.service import Attachment, ContainerSpec, Limits, Mount, NetworkSpec, PublishedPort
from tests.contract.stage import Output, RealStage, wait_until
from tests.support.proxy import EngineProxy

pytestmark = pytest.mark.engine

SERVE = "while true; do echo hello | nc -l -p 8080; done"


def up(real: RealStage, spec: ContainerSpec) -> str:
    real.engine.containers.create(spec)
    real.engine.containers.start(spec.name)
    return spec.name


def ready(real: RealStage, spec: ContainerSpec) -> str:
    """Start a container and wait for its first line: an earlier signal would not reach its own program."""
    name = up(real, spec)
    assert next(real.engine.containers.logs(name, LogQuery(follow=True))).text == "ready"
    return name


def said(real: RealStage, spec: ContainerSpec) -> str:
    """Run a one-off to its end; return what it printed."""
    output = Output()
    real.engine.containers.run(spec, output.streams)
    return (output.stdout + output.stderr).decode().strip()


def told(real: RealStage, name: str) -> dict[str, Any]:
    """Return all that the engine knows of a container."""
    found: dict[str, Any] = real.wire.call("GET", f"/containers/{name}/json")
    return found


def hello(port: int) -> bytes:
    """Return what is said on a port of loopback, or nothing."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
            return link.recv(100)
    except OSError:
        return b""


def network(real: RealStage, *, internal: bool) -> NetworkSpec:
    spec = replace(real.network(), internal=internal)
    real.engine.networks.create(spec)
    return spec


def test_a_process_has_the_user_and_no_rights_beyond(real: RealStage) -> None:
    status = said(real, real.spec("id -u; id -g; cat /proc/self/status", user="1234:4321")).splitlines()

    assert status[:2] == ["1234", "4321"]
    assert "NoNewPrivs:\t1" in status
    assert {line for line in status if line.startswith("Cap")} == {
        f"Cap{kind}:\t{0:016x}" for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")
    }


def test_even_root_has_no_rights_beyond(real: RealStage) -> None:
    assert "CapBnd:\t0000000000000000" in said(real, real.spec("cat /proc/self/status", user="0:0"))


def test_the_file_system_is_read_only_but_for_what_is_meant_for_writing(real: RealStage) -> None:
    script = "touch /x; touch /tmp/x && echo there it is"

    output = said(real, real.spec(script, tmpfs={"/tmp": "mode=1777,size=1m"}))  # noqa: S108 - in the container

    assert "touch: /x: Read-only file system" in output
    assert "there it is" in output
    assert said(real, real.spec("touch /tmp/x && echo writable", read_only=False)) == "writable"


def test_limits_are_the_engine_s_and_leave_no_way_into_swap(real: RealStage) -> None:
    spec = real.spec(limits=Limits(memory=64, pids=20, shm=8))
    real.engine.containers.create(spec)

    limits = told(real, spec.name)["HostConfig"]

    assert limits["Memory"] == limits["MemorySwap"] == 64 * 1024 * 1024
    assert (limits["PidsLimit"], limits["ShmSize"]) == (20, 8 * 1024 * 1024)


def test_logs_are_rotated(real: RealStage) -> None:
    spec = real.spec()
    real.engine.containers.create(spec)

    assert told(real, spec.name)["HostConfig"]["LogConfig"] == {
        "Type": "json-file",
        "Config": {"max-size": "10m", "max-file": "3"},
    }


def test_a_process_that_wants_more_memory_than_it_may_have_is_killed_and_that_is_told(real: RealStage) -> None:
    name = up(real, real.spec("dd if=/dev/zero of=/dev/null bs=100M count=1", limits=Limits(memory=16)))
    wait_until(lambda: real.engine.containers.inspect(name).state == "exited", "the container ends")

    assert real.engine.containers.inspect(name).out_of_memory


def test_surroundings_are_as_described(real: RealStage) -> None:
    script = "echo $GREETING; pwd; cat /proc/sys/kernel/hostname"

    spec = real.spec(script, env={"GREETING": "a=b c"}, working_dir="/proc", hostname="cats")

    assert said(real, spec) == "a=b c\n/proc\ncats"


def test_labels_are_those_of_the_description_and_no_others(real: RealStage) -> None:
    spec = real.spec(labels={"one": "1"})
    real.engine.containers.create(spec)

    assert told(real, spec.name)["Config"]["Labels"] == {"one": "1"}


def test_a_directory_is_mounted_for_writing_or_only_for_reading(real: RealStage, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    (tmp_path / "seen").write_text("from outside\n")
    mounts = (Mount(str(tmp_path), "/rw"), Mount(str(tmp_path), "/ro", read_only=True))

    output = said(real, real.spec("cat /rw/seen; echo inside >/rw/made; touch /ro/x", mounts=mounts))

    assert output.splitlines() == ["from outside", "touch: /ro/x: Read-only file system"]
    assert (tmp_path / "made").read_text() == "inside\n"


def test_a_directory_that_is_not_there_is_refused_and_not_made(real: RealStage, tmp_path: Path) -> None:
    absent = tmp_path / "absent"

    with pytest.raises(EngineError, match=str(absent)):
        real.engine.containers.create(real.spec(mounts=(Mount(str(absent), "/x"),)))

    assert not absent.exists()


def test_a_volume_is_made_with_its_owner_s_labels(real: RealStage) -> None:
    volume = real.name("volume")
    spec = real.spec(
        "exit 0",
        mounts=(Mount(volume, "/data", volume=True),),
        labels={"org.datacats.environment": "cats", "org.datacats.spec": "digest"},
    )
    try:
        real.engine.containers.run(spec, Output().streams)
        assert real.wire.call("GET", f"/volumes/{volume}")["Labels"] == {"org.datacats.environment": "cats"}
    finally:
        real.wire.call("DELETE", f"/volumes/{volume}")


def test_a_published_port_answers_on_the_address_that_it_is_published_on(real: RealStage) -> None:
    port = real.free_port()
    ports = (PublishedPort("127.0.0.1", port, 8080),)
    up(real, real.spec(SERVE, ports=ports, networks=(Attachment(network(real, internal=False).name),)))

    wait_until(lambda: hello(port) == b"hello\n", "the container answers")


def test_containers_of_a_network_reach_each_other_by_their_other_names(real: RealStage) -> None:
    inside = network(real, internal=True).name
    up(real, real.spec(SERVE, networks=(Attachment(inside, ("db",)),)))

    ask = real.spec("until nc db 8080; do sleep 0.02; done", networks=(Attachment(inside),))
    assert said(real, ask).splitlines()[-1] == "hello"


def test_other_names_hold_on_a_further_network_too(real: RealStage) -> None:
    outside, inside = network(real, internal=False).name, network(real, internal=True).name
    name = up(real, real.spec(SERVE, networks=(Attachment(outside),)))
    real.engine.networks.connect(name, Attachment(inside, ("db",)))

    ask = real.spec("until nc db 8080; do sleep 0.02; done", networks=(Attachment(outside), Attachment(inside)))
    assert said(real, ask).splitlines()[-1] == "hello"


def test_a_container_of_no_network_has_none(real: RealStage) -> None:
    assert said(real, real.spec("cat /proc/net/route | wc -l")) == "1"


@pytest.mark.parametrize("internal", [False, True])
def test_a_network_is_internal_when_it_is_to_be(real: RealStage, *, internal: bool) -> None:
    name = network(real, internal=internal).name

    assert real.wire.call("GET", f"/networks/{name}")["Internal"] is internal


def test_a_container_is_stopped_by_its_own_signal_and_keeps_its_own_status(real: RealStage) -> None:
    trap = "trap 'exit 11' INT; echo ready; while true; do sleep 0.02; done"
    name = ready(real, real.spec(trap, stop_signal="SIGINT"))

    real.engine.containers.stop(name, 30)

    assert real.engine.containers.inspect(name).exit_code == 11


def test_an_interrupt_leaves_nothing_running_that_the_engine_was_asked_to_stop(real: RealStage) -> None:
    trap = "trap 'echo ending; sleep 1; exit 3' TERM; echo ready; while true; do sleep 0.02; done"
    name = ready(real, real.spec(trap))

    def interrupt() -> None:
        lines = real.engine.containers.logs(name, LogQuery(follow=True))
        assert "ending" in (line.text for line in lines)
        os.kill(os.getpid(), signal.SIGINT)

    with ThreadPoolExecutor(1) as beside:
        told = beside.submit(interrupt)
        with pytest.raises(KeyboardInterrupt):
            real.engine.containers.stop(name, 30)
        told.result()

    assert real.engine.containers.inspect(name).exit_code == 3
    assert [each.state for each in real.engine.containers.list(name=name)] == ["exited"]


def test_a_container_that_takes_no_notice_is_killed_when_its_grace_is_over(real: RealStage) -> None:
    name = ready(real, real.spec("trap '' TERM; echo ready; while true; do sleep 0.1; done"))

    real.engine.containers.stop(name, 1)

    assert real.engine.containers.inspect(name).exit_code == 137


def test_a_container_that_is_to_be_restarted_is(real: RealStage) -> None:
    name = up(real, real.spec("exit 1", restart="on-failure"))

    wait_until(lambda: real.engine.containers.inspect(name).restarts > 0, "it is restarted")


def test_any_number_of_containers_is_listed_by_one_request(real: RealStage, tmp_path: Path) -> None:
    for _ in range(3):
        real.engine.containers.create(real.spec())
    with EngineProxy(tmp_path / "proxy").open() as proxy:
        stage = RealStage(proxy.address)
        proxy.requests.clear()

        assert len(stage.engine.containers.list(name=real.prefix)) == 3

        assert [str(request) for request in proxy.requests] == ["GET /containers/json"]


def test_a_one_off_is_made_by_four_requests_and_removed_by_the_engine(real: RealStage, tmp_path: Path) -> None:
    with EngineProxy(tmp_path / "proxy").open() as proxy:
        stage = RealStage(proxy.address)
        proxy.requests.clear()

        stage.engine.containers.run(real.spec("exit 0"), Output().streams)

    verbs = [request.path.rpartition("/")[2] for request in proxy.requests]
    assert verbs == ["create", "attach", "wait", "start"]
