"""A rootless Docker Engine of a user of its own, beside the one that the tests run on."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SCRIPTS = (Path("/usr/share/docker.io/contrib/dockerd-rootless.sh"), Path("/usr/bin/dockerd-rootless.sh"))
_PROGRAMS = ("rootlesskit", "slirp4netns", "newuidmap")
_TUN = os.makedev(10, 200)

_ALONE = ("unshare", "--mount", "--pid", "--fork", "--mount-proc")
"""Whatever is left of an engine ends with its first process."""

_START = """\
set -e
mount --bind "$1/tun" /dev/net/tun
mount -t tmpfs tmpfs "$1/unseen"
exec setpriv --reuid "$2" --regid "$2" --clear-groups env -i PATH="$PATH" HOME="$1/home" XDG_RUNTIME_DIR="$1/run" \\
    "$3" --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" --host "unix://$1/docker.sock"
"""


@dataclass(frozen=True)
class Rootless:
    """A running one. It does not see what lies below ``unseen``."""

    base: Path
    user: str

    @property
    def unseen(self) -> Path:
        """A directory of the host that is another one for the engine."""
        return self.base / "unseen"

    @property
    def address(self) -> str:
        """What ``DOCKER_HOST`` has to be."""
        return f"unix://{self.base}/docker.sock"


@contextmanager
def rootless_engine() -> Iterator[Rootless]:
    """Run a rootless engine while the context lasts. Needs root; the engine itself runs as a user made for it."""
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    assert not missing, f"a rootless engine needs {missing}: apt-get install uidmap slirp4netns rootlesskit"
    script = next((path for path in _SCRIPTS if path.exists()), None)
    assert script, "a rootless engine needs dockerd-rootless.sh, of Debian's docker.io or Docker's rootless extras"
    engine = Rootless(Path(tempfile.mkdtemp(prefix="datacats-rootless-")), f"dctest{secrets.token_hex(3)}")
    subprocess.run(["useradd", "--no-create-home", engine.user], check=True)
    try:
        _prepare(engine)
        with _running(*_ALONE, "bash", "-c", _START, "start", str(engine.base), engine.user, str(script)):
            _wait_until_answers(engine.base / "docker.sock")
            yield engine
    finally:
        subprocess.run(["userdel", "--force", engine.user], check=True)
        subprocess.run(["rm", "-rf", str(engine.base)], check=True)


def _prepare(engine: Rootless) -> None:
    """Where only root may open the tun device, the engine gets one of its own."""
    engine.base.chmod(0o755)
    os.mknod(engine.base / "tun", 0o020666, _TUN)
    (engine.base / "tun").chmod(0o666)
    for name in ("home", "run", "data", "exec", "unseen"):
        (engine.base / name).mkdir(0o700)
        shutil.chown(engine.base / name, engine.user, engine.user)
    shutil.chown(engine.base, engine.user, engine.user)


@contextmanager
def _running(*command: str) -> Iterator[None]:
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


def _wait_until_answers(path: Path) -> None:
    for attempt in range(600):
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))
        except OSError:
            assert attempt < 599, "the rootless engine did not start"
            signal.sigtimedwait([], 0.1)
        else:
            return
