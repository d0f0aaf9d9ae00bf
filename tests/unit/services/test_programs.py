"""The small programs that run inside backing services, run here with stand-ins for psql, pg_restore and redis-cli."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from datacats.services import postgres, redis, solr

PSQL = """#!/bin/sh
echo "psql $*" >> "$LOG"
case "$*" in *to_regclass*) [ -e "$LOG.table" ] && echo found; exit 0;; esac
cat >> "$LOG.input"
"""
RESTORE = """#!/bin/sh
echo "pg_restore $*" >> "$LOG"
cat >> "$LOG.input"
"""


class Inside:
    """A container with programs that tell how they were called and what they read."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log = directory / "log"
        self.add("psql", PSQL)
        self.add("pg_restore", RESTORE)
        self.add("pg_isready", "#!/bin/sh\nexit 0\n")

    def add(self, name: str, program: str) -> None:
        path = self.directory / name
        path.write_text(program)
        path.chmod(0o755)

    def run(self, command: tuple[str, ...], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        words = [word.replace("/run/datacats", str(self.directory)) for word in command]
        env = {"PATH": f"{self.directory}:{os.environ['PATH']}", "LOG": str(self.log)}
        return subprocess.run(words, input=stdin, env=env, capture_output=True, check=False)

    @property
    def called(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    @property
    def read(self) -> bytes:
        path = Path(f"{self.log}.input")
        return path.read_bytes() if path.exists() else b""


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    return Inside(tmp_path)


def test_a_dump_in_postgresqls_own_format_reaches_pg_restore_whole(inside: Inside) -> None:
    dump = b"PGDMP\x01\x0e\x00\xff\n\x00rest"
    assert inside.run(postgres.load_command("ckan_loading"), dump).returncode == 0
    assert inside.read == dump
    (call,) = inside.called
    for option in ("--exit-on-error", "--single-transaction", "--no-owner", "--no-acl", "--role=ckan"):
        assert option in call
    assert call.endswith("-d ckan_loading")


def test_a_dump_of_sql_reaches_psql_whole_as_the_role_that_ckan_has(inside: Inside) -> None:
    assert inside.run(postgres.load_command("datastore_loading"), b"CREATE TABLE x ();\n").returncode == 0
    assert inside.read == b"SET ROLE ckan;\nCREATE TABLE x ();\n"
    (call,) = inside.called
    assert call.endswith("-1 -d datastore_loading")
    assert "ON_ERROR_STOP=1" in call


@pytest.mark.parametrize("dump", [b"X", b"\n\n", b"PG;\n", b"SELEC"])
def test_a_dump_shorter_than_a_signature_is_read_whole_too(inside: Inside, dump: bytes) -> None:
    assert inside.run(postgres.load_command("ckan"), dump).returncode == 0
    assert inside.read == b"SET ROLE ckan;\n" + dump


def test_an_empty_dump_is_refused_before_anything_is_loaded(inside: Inside) -> None:
    ended = inside.run(postgres.load_command("ckan"))
    assert (ended.returncode, ended.stderr) == (4, b"The dump is empty.\n")
    assert inside.called == []


@pytest.mark.parametrize("program", ["psql", "pg_restore"])
def test_a_load_that_fails_has_failed(inside: Inside, program: str) -> None:
    inside.add(program, "#!/bin/sh\ncat > /dev/null\nexit 3\n")
    dump = b"PGDMP..." if program == "pg_restore" else b"SELECT 1;"
    assert inside.run(postgres.load_command("ckan"), dump).returncode != 0


def test_a_dump_of_something_else_is_refused_by_the_table_that_it_lacks(inside: Inside) -> None:
    command = postgres.load_command("ckan_loading", "package")
    ended = inside.run(command, b"SELECT 1;")
    assert ended.returncode == 4
    assert ended.stderr == b"The dump holds no table package: it is not of CKAN's database.\n"
    Path(f"{inside.log}.table").touch()
    assert inside.run(command, b"SELECT 1;").returncode == 0


def test_sql_waits_for_the_server_and_then_is_psqls_own_ending(inside: Inside) -> None:
    inside.add("pg_isready", '#!/bin/sh\nif [ -e "$LOG.ready" ]; then exit 0; fi\ntouch "$LOG.ready"\nexit 2\n')
    ended = inside.run(postgres.sql_command("ckan", "-1"), b"SELECT 1;")
    assert ended.returncode == 0
    assert inside.called == ["psql -v ON_ERROR_STOP=1 -X -q -At -U postgres -h /run/postgresql -1 -d ckan"]
    assert inside.read == b"SELECT 1;"
    inside.add("psql", "#!/bin/sh\nexit 7\n")
    assert inside.run(postgres.sql_command("ckan"), b"x").returncode == 7


def test_the_password_of_redis_is_read_inside_and_stands_on_no_command_line(inside: Inside) -> None:
    (inside.directory / "redis.conf").write_text("port 6379\nrequirepass s3cret\nmaxmemory 1\n")
    inside.add("redis-cli", '#!/bin/sh\necho "$REDISCLI_AUTH"\necho "$*"\n')
    ended = inside.run(redis.client(["get", "a key"]))
    assert ended.stdout == b"s3cret\n--no-auth-warning get a key\n"


def test_psql_for_people_is_the_role_that_ckan_has_and_keeps_no_history() -> None:
    assert postgres.psql("datastore", ["-c", "x"]) == (
        *("psql", "-v", "HISTFILE=/dev/null", "-h", "/run/postgresql", "-U", "ckan", "-d", "datastore", "-c", "x"),
    )


def test_a_dump_is_taken_in_the_format_that_a_load_knows() -> None:
    command = postgres.dump_command("ckan")
    assert command[:2] == ("pg_dump", "-Fc")
    assert command[-2:] == ("-d", "ckan")


class Http:
    """A server on this host in the place of Solr, that answers one request."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.heard = b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        connection, _ = self.socket.accept()
        with connection:
            while not self.heard.endswith(b"q=x"):
                self.heard += connection.recv(4096)
            connection.sendall(self.answer)

    def ask(self) -> subprocess.CompletedProcess[bytes]:
        words = [word.replace("8983", str(self.socket.getsockname()[1])) for word in solr.query("q=x")]
        done = subprocess.run(words, capture_output=True, check=False)
        self.thread.join()
        self.socket.close()
        return done


def test_what_solr_answers_is_printed_without_its_head() -> None:
    asked = Http(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nid\r\n\r\na\\n")
    done = asked.ask()
    assert (done.returncode, done.stdout, done.stderr) == (0, b"id\r\n\r\na\\n", b"")
    assert asked.heard.startswith(b"POST /solr/ckan/select HTTP/1.0\r\n")


def test_an_error_of_solrs_is_told_by_the_status_and_its_words_stay() -> None:
    done = Http(b"HTTP/1.1 400 Bad Request\r\n\r\nno field").ask()
    assert (done.returncode, done.stdout, done.stderr) == (solr.REFUSED, b"no field", b"HTTP/1.1 400 Bad Request")
