"""What happens when the connection to the real engine is cut, and that it may be any kind of connection."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from datacats.engine import one_off, session
from datacats.engine.connect import connect
from datacats.errors import EngineUnreachable
from datacats.model.image import BuildContext, ContextFile
from datacats.model.ports import LogQuery
from tests.contract.stage import BOX, SOCKET, Output, RealStage, shell, wait_until
from tests.support.proxy import Cut, EngineProxy, Request

pytestmark = pytest.mark.engine

MEGABYTE = bytes(range(256)) * 4096


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[EngineProxy]:
    with EngineProxy(tmp_path / "proxy").open() as proxy:
        yield proxy


@pytest.fixture
def far(proxy: EngineProxy) -> RealStage:
    """The same engine, seen through the proxy."""
    return RealStage(proxy.address)


@pytest.fixture
def box(real: RealStage) -> str:
    spec = real.spec("yes | head -n 200000; exec sleep 1000")
    real.engine.containers.create(spec)
    real.engine.containers.start(spec.name)
    return spec.name


def to(path: str) -> Callable[[Request], bool]:
    return lambda request: request.path.endswith(path)


def test_a_build_that_is_cut_in_the_middle_is_no_image(real: RealStage, far: RealStage, proxy: EngineProxy) -> None:
    ref = real.image()
    dockerfile = f"FROM {BOX}\nRUN echo {ref}; sleep 1\nRUN true\n"
    proxy.cut_answer(to("/build"), 700)

    with pytest.raises(EngineUnreachable):
        list(far.engine.images.build(BuildContext(ref, (ContextFile("Dockerfile", dockerfile.encode()),), {}, {})))


def test_saving_that_is_cut_in_the_middle_is_told(far: RealStage, proxy: EngineProxy) -> None:
    proxy.cut_answer(to("/images/get"), 50_000)

    with pytest.raises(EngineUnreachable):
        list(far.engine.images.save([BOX]))


def test_a_followed_log_that_is_cut_is_told(far: RealStage, proxy: EngineProxy, box: str) -> None:
    proxy.cut_answer(to("/logs"), 100_000)

    with pytest.raises(EngineUnreachable):
        for _ in far.engine.containers.logs(box, LogQuery(follow=True)):
            pass


def test_a_command_whose_output_is_cut_is_told(
    far: RealStage, proxy: EngineProxy, box: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_LOOK_FOR", 0.1)
    proxy.cut_answer(to("/start"), 100_000)

    with pytest.raises(EngineUnreachable, match=f"still runs in {box}"):
        far.engine.containers.execute(box, shell("yes"))


@pytest.mark.parametrize("what", ["/attach", "/wait"])
def test_a_one_off_whose_connection_is_cut_is_told_and_is_gone(
    real: RealStage, far: RealStage, proxy: EngineProxy, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_off, "_LOOK_AFTER", 0.1)
    spec = real.spec("yes | head -n 100000; exec sleep 1000")
    proxy.cut_answer(to(what), 200)

    with pytest.raises(EngineUnreachable):
        far.engine.containers.run(spec, Output().streams)

    assert real.engine.containers.list(name=spec.name) == ()


def test_a_request_that_never_arrives_is_told_and_can_be_made_again(
    real: RealStage, far: RealStage, proxy: EngineProxy
) -> None:
    def cut_once(request: Request) -> None:
        if request == next(each for each in proxy.requests if each.path.endswith("/create")):
            raise Cut

    proxy.on(to("/create"), "before", cut_once)
    spec = real.spec()

    with pytest.raises(EngineUnreachable):
        far.engine.containers.create(spec)
    assert real.engine.containers.list(name=spec.name) == ()

    far.engine.containers.create(spec)
    assert len(real.engine.containers.list(name=spec.name)) == 1


def test_a_killed_client_leaves_no_one_off_behind_once_its_command_has_ended(
    real: RealStage, proxy: EngineProxy
) -> None:
    spec = real.spec("cat")
    program = (
        "import os, sys; from datacats.engine.connect import connect; from datacats.model.ports import Streams;"
        "from datacats.model.service import ContainerSpec; from datacats.model.image import ImageRef;"
        f"connect({{'DOCKER_HOST': {proxy.address!r}}}).containers.run(ContainerSpec({spec.name!r},"
        f"ImageRef.parse({str(BOX)!r}), ('cat',), '1000:1000'),"
        "Streams(sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        wait_until(lambda: any(seen.running for seen in real.engine.containers.list(name=spec.name)), "it runs")
        client.send_signal(signal.SIGKILL)

    wait_until(lambda: real.engine.containers.list(name=spec.name) == (), "it is gone")


@contextmanager
def relayed(wrap: Callable[[socket.socket], socket.socket]) -> Iterator[int]:
    """Let the engine be reached on a port of loopback while the context lasts; return it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, wrap), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, wrap: Callable[[socket.socket], socket.socket]) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_relay_both, args=(client, wrap), daemon=True).start()


def _relay_both(plain: socket.socket, wrap: Callable[[socket.socket], socket.socket]) -> None:
    with plain, suppress(OSError), wrap(plain) as client, socket.socket(socket.AF_UNIX) as engine:
        engine.connect(SOCKET)
        forth = threading.Thread(target=_relay, args=(client, engine), daemon=True)
        forth.start()
        _relay(engine, client)
        with suppress(OSError):
            socket.socket.shutdown(client, socket.SHUT_RDWR)
        forth.join()


def _relay(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    if not isinstance(target, ssl.SSLSocket):
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with an authority, and a certificate of 127.0.0.1 by it that serves both sides."""
    directory = tmp_path_factory.mktemp("certificates")
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    authority = [*new, "-subj", "/CN=test", "-keyout", "ca-key.pem", "-out", "ca.pem"]
    own = [*new, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-CA", "ca.pem"]
    for command in (authority, [*own, "-CAkey", "ca-key.pem", "-keyout", "key.pem", "-out", "cert.pem"]):
        subprocess.run(command, cwd=directory, check=True, capture_output=True)
    return directory


@pytest.fixture
def plain() -> Iterator[dict[str, str]]:
    """Process variables that name the same engine behind a port."""
    with relayed(lambda link: link) as port:
        yield {"DOCKER_HOST": f"tcp://127.0.0.1:{port}"}


@pytest.fixture
def tls(certificates: Path) -> Iterator[dict[str, str]]:
    """Process variables that name the same engine behind TLS, which wants to see a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    with relayed(lambda link: context.wrap_socket(link, server_side=True)) as port:
        yield {
            "DOCKER_HOST": f"tcp://127.0.0.1:{port}",
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": str(certificates),
        }


@pytest.fixture(params=["plain", "tls"])
def elsewhere(request: pytest.FixtureRequest) -> dict[str, str]:
    """Process variables that name the same engine elsewhere."""
    variables: dict[str, str] = request.getfixturevalue(request.param)
    return variables


def test_an_engine_behind_a_port_runs_commands_with_all_of_their_input_and_output(
    real: RealStage, box: str, elsewhere: dict[str, str]
) -> None:
    engine = connect(elsewhere)
    output = Output(MEGABYTE)

    assert engine.containers.run(real.spec("cat; echo err >&2; exit 3"), output.streams) == 3
    assert (output.stdout, output.stderr) == (MEGABYTE, b"err\n")
    for _ in range(10):
        assert engine.containers.execute(box, shell("cat"), MEGABYTE).stdout == MEGABYTE


def test_an_engine_behind_a_port_builds_images(real: RealStage, elsewhere: dict[str, str]) -> None:
    engine, ref = connect(elsewhere), real.image()
    files = (ContextFile("Dockerfile", f"FROM {BOX}\n".encode()),)

    assert list(engine.images.build(BuildContext(ref, files, {}, {})))

    assert engine.images.exists(ref)


def test_an_engine_with_a_strange_certificate_is_not_talked_to(tls: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(EngineUnreachable, match="certificate"):
        connect({**tls, "DOCKER_CERT_PATH": str(tmp_path)}).info()
