"""A private index of Python packages: behind a password and an authority of its own, it has what another one has."""

from __future__ import annotations

import base64
import json
import re
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import requests

_JSON = "application/vnd.pypi.simple.v1+json"
_USER = "reader"


def index_of_pip() -> str:
    """Return the index that pip asks here, by its settings or its own default: its help names it."""
    words = [sys.executable, "-m", "pip", "install", "--help"]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Base\s+URL\s+of\s+the\s+Python\s+Package\s+Index\s+\(default\s+(\S+?)/?\)", told)
    assert found is not None, told
    return found[1]


@dataclass
class PrivateIndex:
    """Serves over TLS on ``address`` while it is open. ``asked`` holds the names of the packages asked for.

    ``authority`` is the file with the certificate that it is to be trusted by; ``upstream`` where it gets everything:
    the index that pip asks here.
    """

    address: str
    password: str
    directory: Path
    upstream: str = field(default_factory=index_of_pip)
    port: int = 0
    asked: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def authority(self) -> Path:
        """The certificate of its authority."""
        return self.directory / "authority.pem"

    @property
    def url(self) -> str:
        """Its address, with user and password."""
        return f"https://{_USER}:{self.password}@{self.address}:{self.port}/private/simple"

    @property
    def credentials(self) -> str:
        """What the header of a request that is let in says."""
        return "Basic " + base64.b64encode(f"{_USER}:{self.password}".encode()).decode()

    @contextmanager
    def open(self) -> Iterator[PrivateIndex]:
        """Make the certificates and serve in threads."""
        _make_certificates(self.directory, self.address)
        with _Server((self.address, 0), _Handler) as server:
            server.index = self
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.directory / "server.pem", self.directory / "server.key")
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            self.port = server.server_address[1]
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            try:
                yield self
            finally:
                server.shutdown()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    index: PrivateIndex


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        index = self.server.index
        if self.headers.get("Authorization") != index.credentials:
            self._send(401, b"", "text/plain", 'Basic realm="index"')
        elif self.path.startswith("/private/simple/"):
            name = self.path.split("/")[3]
            index.asked.append(name)
            page = requests.get(f"{index.upstream}/{name}/", headers={"Accept": _JSON}, timeout=60)
            self._send(page.status_code, _rewritten(page) if page.ok else b"", _JSON)
        elif self.path.startswith("/private/files/"):
            index.files.append(self.path.rpartition("/")[2])
            metadata = ".metadata" if self.path.endswith(".metadata") else ""
            self._pass(unquote(self.path.removeprefix("/private/files/").rpartition("/")[0]) + metadata)
        else:
            self._send(404, b"", "text/plain")

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _pass(self, url: str) -> None:
        with requests.get(url, stream=True, timeout=60, headers={"Accept-Encoding": "identity"}) as file:
            self.send_response(file.status_code)
            self.send_header("Content-Length", file.headers["Content-Length"])
            self.end_headers()
            if self.command == "GET":
                shutil.copyfileobj(file.raw, self.wfile)

    def _send(self, status: int, content: bytes, kind: str, challenge: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.end_headers()
        self.wfile.write(content)


def _rewritten(page: requests.Response) -> bytes:
    """Let every file be asked for here."""
    document = page.json()
    for file in document["files"]:
        whole = urljoin(page.url, file["url"])
        file["url"] = f"/private/files/{quote(whole, safe='')}/{urlsplit(whole).path.rpartition('/')[2]}"
    return json.dumps(document).encode()


def _make_certificates(directory: Path, address: str) -> None:
    """Make an authority, and a certificate by it for the address."""
    new = ("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch")
    ours = ("-x509", "-keyout", directory / "authority.key", "-out", directory / "authority.pem")
    _run(*new, *ours, "-subj", "/CN=Authority of a test")
    _run(*new, "-keyout", directory / "server.key", "-out", directory / "server.csr", "-subj", f"/CN={address}")
    extensions = directory / "extensions"
    extensions.write_text(f"subjectAltName = IP:{address}\n")
    by = ("-CA", directory / "authority.pem", "-CAkey", directory / "authority.key", "-CAcreateserial", "-days", "2")
    sign = ("openssl", "x509", "-req", "-in", directory / "server.csr", "-out", directory / "server.pem")
    _run(*sign, *by, "-extfile", extensions)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)
