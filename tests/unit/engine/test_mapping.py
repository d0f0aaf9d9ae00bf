from __future__ import annotations

import json

import pytest

from datacats.engine.mapping import AlreadySo, BeingRemoved, NotExecutable, VersionRefused, refused
from datacats.errors import (
    AddressTaken,
    Conflict,
    DatacatsError,
    EngineError,
    EngineTooOld,
    ImageMissing,
    NameTaken,
    NoSuchContainer,
    PathUnseen,
    SubnetTaken,
)

# What engines of several ages say.
SAID = [
    (404, "No such container: x", NoSuchContainer),
    (404, "No such exec instance: x", NoSuchContainer),
    (404, "network x not found", NoSuchContainer),
    (404, "No such image: datacats/web:1", ImageMissing),
    (404, "reference does not exist", ImageMissing),
    (404, "manifest for x:1 not found: manifest unknown: manifest unknown", ImageMissing),
    (404, "pull access denied for x, repository does not exist or may require 'docker login'", ImageMissing),
    (409, 'Conflict. The container name "/x" is already in use by container "1"', NameTaken),
    (409, "network with name x already exists", NameTaken),
    (404, "get x: no such volume", NoSuchContainer),
    (409, "remove x: volume is in use - [1]", Conflict),
    (409, "Container x is not running", NoSuchContainer),
    (409, "Container x is paused, unpause the container before exec", Conflict),
    (409, "removal of container x is already in progress", BeingRemoved),
    (409, "conflict: unable to remove repository reference", Conflict),
    (500, "Container x is not paused", AlreadySo),
    (500, "Cannot unpause container x: cannot resume a running process: unknown", AlreadySo),
    (409, "Container x is not paused", AlreadySo),
    (403, "endpoint with name x already exists in network y", AlreadySo),
    (403, "error while removing network: network x id 1 has active endpoints", Conflict),
    (403, "Pool overlaps with other one on this address space", SubnetTaken),
    (400, "invalid pool request: Pool overlaps with other one on this address space", SubnetTaken),
    (500, "Bind for 127.0.0.1:5716 failed: port is already allocated", AddressTaken),
    (500, "failed to bind host port 127.0.0.1:5716/tcp: address already in use", AddressTaken),
    (400, 'exec: "x": executable file not found in $PATH: unknown', NotExecutable),
    (400, 'exec: "docker-init": executable file not found in $PATH: unknown', EngineError),
    (400, 'exec: "/x": stat /x: no such file or directory: unknown', NotExecutable),
    (400, "client version 1.41 is too old. Minimum supported API version is 1.44", VersionRefused),
    (400, "client version 1.41 is too new. Maximum supported API version is 1.39", EngineTooOld),
    (500, "write /var/lib/docker/x: no space left on device", EngineError),
    (400, 'invalid mount config for type "bind": bind source path does not exist: /x', PathUnseen),
    (418, "something new", EngineError),
]


def answer(text: str) -> bytes:
    return json.dumps({"message": text}).encode()


@pytest.mark.parametrize(("status", "text", "error"), SAID)
def test_the_most_specific_error_is_chosen(status: int, text: str, error: type[DatacatsError]) -> None:
    found = refused(status, answer(text))

    assert type(found) is error
    assert text in found.message


@pytest.mark.parametrize(("status", "text", "error"), SAID)
def test_callers_see_only_errors_that_are_written_down(status: int, text: str, error: type[DatacatsError]) -> None:
    del error
    families = (DatacatsError, EngineError, AddressTaken)
    known = {each.__name__ for family in families for each in family.__subclasses__()}

    assert refused(status, answer(text)).kind in known


@pytest.mark.parametrize("text", [text for _, text, error in SAID if error is not AlreadySo])
def test_every_refusal_says_what_to_do_next(text: str) -> None:
    status = next(status for status, each, _ in SAID if each == text)

    assert refused(status, answer(text)).hint


@pytest.mark.parametrize("body", [b"", b"plain words", b"[]", b"{}", b"\xff"])
def test_an_answer_in_any_form_is_told(body: bytes) -> None:
    assert "status 500" in refused(500, body).message


@pytest.mark.parametrize(
    ("text", "status"),
    [("executable file not found in $PATH", 127), ('exec: "/etc": permission denied', 126)],
)
def test_a_command_that_cannot_be_executed_has_the_status_that_a_shell_gives(text: str, status: int) -> None:
    found = refused(400, answer(text))

    assert isinstance(found, NotExecutable)
    assert found.exit_code == status
