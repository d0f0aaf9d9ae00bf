"""The one place where what the engine or the connection says becomes an error of ours."""

from __future__ import annotations

import errno
import json
import re
from http.client import BadStatusLine, HTTPException
from socket import gaierror
from typing import NamedTuple

from datacats.engine.endpoint import Endpoint
from datacats.errors import (
    UPGRADE,
    AddressTaken,
    Conflict,
    DatacatsError,
    EngineError,
    EngineTooOld,
    EngineUnreachable,
    ImageMissing,
    NameTaken,
    NoSuchContainer,
    PathUnseen,
    SubnetTaken,
)

OLDEST_API = "1.41"
"""The oldest version of the engine's interface that datacats speaks: Docker Engine 20.10."""


class VersionRefused(EngineTooOld):
    """The engine no longer speaks the version of its interface that it was asked in."""

    @property
    def kind(self) -> str:
        """Callers know it by its parent."""
        return EngineTooOld.__name__

    @property
    def oldest(self) -> str:
        """The oldest version that it speaks, as it says itself; an empty text when it does not."""
        said = re.search(r"minimum supported api version is (\d+\.\d+)", self.message, re.IGNORECASE)
        return said[1] if said else ""


class AlreadySo(Conflict):
    """What was asked for is the case already."""

    @property
    def kind(self) -> str:
        """Callers know it by its parent."""
        return Conflict.__name__


class BeingRemoved(EngineError):
    """Somebody else is removing the container at this moment."""

    @property
    def kind(self) -> str:
        """Callers know it by its parent."""
        return EngineError.__name__


class NotExecutable(EngineError):
    """The command is not there in the container, or cannot be executed."""

    @property
    def kind(self) -> str:
        """Callers know it by its parent."""
        return EngineError.__name__

    def __init__(self, message: str, hint: str = "", *, detail: str = "") -> None:
        """Its exit code is the status that a shell gives to such a command."""
        super().__init__(message, hint, detail=detail)
        self.exit_code = 126 if "cannot be executed" in message or "permission denied" in message else 127


class _Rule(NamedTuple):
    """A refusal with this status (0 = any) and all these words is that error."""

    status: int
    words: tuple[str, ...]
    error: type[DatacatsError]
    hint: str


_NOBODY_THERE = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH}

_GONE = "See what there is: docker ps -a"

_LOOK = "See which programs there are: datacats exec web ls /usr/bin /usr/local/bin"

_RULES = (
    _Rule(400, ("client version", "minimum supported api"), VersionRefused, UPGRADE),
    _Rule(400, ("client version", "maximum supported api"), EngineTooOld, "Install Docker Engine 20.10 or newer."),
    _Rule(0, ("port is already allocated",), AddressTaken, "Stop what uses it, or choose another port."),
    _Rule(0, ("address already in use",), AddressTaken, "Stop what uses it, or choose another port."),
    _Rule(0, ("pool overlaps",), SubnetTaken, "Choose another range of subnets, or remove the network that has it."),
    _Rule(0, ("docker-init", "executable file not found"), EngineError, "Install docker-init: it is a part of Docker."),
    _Rule(0, ("executable file not found",), NotExecutable, _LOOK),
    _Rule(0, ("no such file or directory", "exec:"), NotExecutable, _LOOK),
    _Rule(0, ("permission denied", "exec:"), NotExecutable, "Make the file executable."),
    _Rule(0, ("no space left on device",), EngineError, "Free some space: docker system df shows what Docker uses."),
    _Rule(400, ("bind source path does not exist",), PathUnseen, "Put the directory back, or restore a snapshot."),
    _Rule(404, ("no such image",), ImageMissing, "Build or pull it; datacats create does."),
    _Rule(404, ("reference does not exist",), ImageMissing, "Build or pull it; datacats create does."),
    _Rule(404, ("manifest",), ImageMissing, "Check its name and version."),
    _Rule(404, ("pull access denied",), ImageMissing, "Check its name, or log in: docker login"),
    _Rule(404, (), NoSuchContainer, _GONE),
    _Rule(409, ("is already in use by container",), NameTaken, "Remove or rename that container."),
    _Rule(409, ("network with name",), NameTaken, "Remove that network: docker network rm"),
    _Rule(409, ("is not running",), NoSuchContainer, "Start it first: datacats start"),
    _Rule(409, ("removal of container",), BeingRemoved, "Try again in a moment."),
    _Rule(409, ("is not paused",), AlreadySo, ""),
    _Rule(500, ("is not paused",), AlreadySo, ""),
    _Rule(500, ("cannot resume a running process",), AlreadySo, ""),  # it runs, and the engine has not heard of it yet
    _Rule(403, ("already exists in network",), AlreadySo, ""),
    _Rule(0, ("is not connected to",), AlreadySo, ""),
    _Rule(403, ("has active endpoints",), Conflict, "Stop or disconnect the containers on it first."),
    _Rule(409, (), Conflict, "See what uses it: docker ps -a"),
)


def refused(status: int, body: bytes) -> DatacatsError:
    """Return the error for an answer with a status of 400 or more."""
    text = _message(body)
    lower = text.lower()
    for rule in _RULES:
        if rule.status in {0, status} and all(word in lower for word in rule.words):
            return rule.error(f"The Docker Engine refused: {text}", rule.hint)
    return EngineError(
        f"The Docker Engine answered with status {status}: {text}", "See what it logs: sudo journalctl --unit docker"
    )


def unreachable(error: OSError | HTTPException, endpoint: Endpoint) -> EngineUnreachable:
    """Return the error for a connection that could not be opened or broke off."""
    if isinstance(error, FileNotFoundError):
        return EngineUnreachable(
            f"No Docker Engine runs here: there is no {endpoint}.",
            _elsewhere(endpoint)
            or "Start it: sudo systemctl start docker; where none is installed: ./script/demo installs one.",
        )
    if isinstance(error, PermissionError):
        return EngineUnreachable(
            f"You may not use the Docker Engine: {endpoint} is closed to you.",
            "Join the group docker: sudo usermod -aG docker $USER; then log in again.",
        )
    if isinstance(error, gaierror) or (isinstance(error, OSError) and error.errno in _NOBODY_THERE):
        return EngineUnreachable(
            f"No Docker Engine answers at {endpoint}: {error.strerror}.",
            _elsewhere(endpoint) or "Start it: sudo systemctl start docker",
        )
    if type(error) is BadStatusLine:
        return no_engine(endpoint)
    if isinstance(error, TimeoutError):
        return EngineUnreachable(
            f"The Docker Engine at {endpoint} did not answer in time.",
            "See whether it is well: docker info; restart it: sudo systemctl restart docker",
        )
    return EngineUnreachable(
        f"The connection to the Docker Engine at {endpoint} broke off ({_words(error)}).",
        "See whether it still runs: docker info; then give the command again.",
    )


def gives_a_reason(body: bytes) -> bool:
    """Whether an answer says in an engine's way why something was refused."""
    try:
        told = json.loads(body)
    except ValueError:
        return False
    return isinstance(told, dict) and "message" in told


def no_engine(endpoint: Endpoint, how: str = "") -> EngineUnreachable:
    """Return the error for something else that answers where an engine should."""
    return EngineUnreachable(
        f"What answers at {endpoint} is no Docker Engine{how}.",
        _elsewhere(endpoint) or "See what listens there: sudo ss -lxp",
    )


def _elsewhere(endpoint: Endpoint) -> str:
    """What to do about an address that somebody wrote down; empty for the usual one."""
    if not endpoint.named_by:
        return ""
    leave = "unset DOCKER_HOST" if endpoint.named_by == "DOCKER_HOST" else "export DOCKER_CONTEXT=default"
    return f"{endpoint.named_by} says that it listens there. Start it there, mend that, or leave it: {leave}"


def _message(body: bytes) -> str:
    text = body.decode(errors="replace").strip()
    try:
        return str(json.loads(text)["message"])
    except (ValueError, LookupError, TypeError):
        return text or "no reason was given"


def _words(error: OSError | HTTPException) -> str:
    return str(error) or type(error).__name__
