"""docker-py, for building and moving images: it knows registries' credentials and is imported only for this."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import urllib3.exceptions
from docker import APIClient
from docker.errors import APIError, DockerException
from docker.tls import TLSConfig
from requests.exceptions import RequestException

from datacats.engine.endpoint import Certificates, Endpoint
from datacats.engine.mapping import refused, unreachable
from datacats.engine.wire import Wire

_PATIENCE = 3600
"""Seconds of silence: an engine prepares the archive of large images without a word."""


def client(wire: Wire) -> APIClient:
    """Return docker-py's low-level client for the same engine, in the version that the engine accepts."""
    wire.open("HEAD", "/_ping").close()  # from now on the wire knows the version
    tls = _tls(wire.endpoint.certificates) if wire.endpoint.certificates else False
    return APIClient(base_url=wire.endpoint.url, version=wire.version, timeout=_PATIENCE, tls=tls)


@contextmanager
def errors(endpoint: Endpoint) -> Iterator[None]:
    """Turn docker-py's errors, and those of the libraries below it, into ours."""
    try:
        yield
    except APIError as error:
        content = b"" if error.response is None else error.response.content
        raise refused(error.status_code or 0, content) from error
    except (RequestException, DockerException, urllib3.exceptions.HTTPError) as error:
        raise unreachable(OSError(str(error)), endpoint) from error


def _tls(certificates: Certificates) -> TLSConfig:
    directory = certificates.directory
    cert, key, authority = (directory / name for name in ("cert.pem", "key.pem", "ca.pem"))
    return TLSConfig(
        client_cert=(str(cert), str(key)) if cert.exists() else None,
        ca_cert=str(authority) if authority.exists() else None,
        verify=certificates.verify,
    )
