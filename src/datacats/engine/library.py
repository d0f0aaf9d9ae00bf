"""docker-py, for building and moving images: it knows registries' credentials, and is imported only for this."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import urllib3.exceptions
from docker import APIClient
from docker.errors import APIError, DockerException
from docker.tls import TLSConfig
from requests.exceptions import RequestException

from datacats.engine.mapping import unreachable
from datacats.engine.tls import Certificates
from datacats.engine.wire import Wire
from datacats.model.image import BuildContext, ContextFile, ImageRef

_PATIENCE = 3600
"""Seconds of silence: an engine takes in the archives of large images without a word."""

Told = Iterator[Mapping[str, Any]]


class Library:
    """Requests about images that docker-py makes; its errors come out as ours.

    Every method yields what the engine tells, its complaints included.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def build(self, context: BuildContext) -> Told:
        """Have the classic builder build an image; containers of failed steps are removed."""
        return self._told(
            lambda docker: docker.build(
                fileobj=io.BytesIO(_archive(context.files)),
                custom_context=True,
                tag=str(context.ref),
                buildargs=dict(context.arguments),
                labels=dict(context.labels),
                rm=True,
                forcerm=True,
                decode=True,
            )
        )

    def pull(self, ref: ImageRef) -> Told:
        """Fetch an image."""
        return self._told(lambda docker: docker.pull(ref.repository, ref.tag, stream=True, decode=True))

    def push(self, ref: ImageRef) -> Told:
        """Send an image."""
        return self._told(lambda docker: docker.push(ref.repository, ref.tag, stream=True, decode=True))

    def load(self, archive: Iterable[bytes]) -> Told:
        """Take in an archive of images."""
        return self._told(lambda docker: docker.load_image(iter(archive)))  # type: ignore[no-untyped-call] # theirs

    def take_root(self, archive: Iterable[bytes], ref: ImageRef) -> Told:
        """Make an image from a root file system."""

        def ask(docker: APIClient) -> Told:
            told = docker.import_image_from_data(iter(archive), repository=ref.repository, tag=ref.tag)
            return (json.loads(line) for line in told.splitlines() if line.strip())

        return self._told(ask)

    def _told(self, ask: Callable[[APIClient], Told]) -> Told:
        """Yield what the engine tells; a refusal before it begins is told like one after."""
        with closing(self._client()) as docker:
            try:
                yield from ask(docker)
            except APIError as error:
                yield {"error": str(error.explanation)}
            except (RequestException, DockerException, urllib3.exceptions.HTTPError) as error:
                raise unreachable(OSError(str(error)), self._wire.endpoint) from error

    def _client(self) -> APIClient:
        self._wire.open("HEAD", "/_ping").close()  # from now on the wire knows the version
        endpoint = self._wire.endpoint
        tls = _tls(endpoint.certificates) if endpoint.certificates else False
        docker = APIClient(base_url=endpoint.url, version=self._wire.version, timeout=_PATIENCE, tls=tls)
        docker.trust_env = False  # proxies and authorities of the environment are for the web, not for the engine
        return docker


def _archive(files: Sequence[ContextFile]) -> bytes:
    """Return a build context as the engine takes it: the same files give the same bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for file in files:
            entry = tarfile.TarInfo(file.path)
            entry.size, entry.mode = len(file.content), file.mode
            archive.addfile(entry, io.BytesIO(file.content))
    return content.getvalue()


def _tls(certificates: Certificates) -> TLSConfig:
    directory = certificates.directory
    cert, key, authority = (directory / name for name in ("cert.pem", "key.pem", "ca.pem"))
    return TLSConfig(
        client_cert=(str(cert), str(key)) if cert.exists() else None,
        ca_cert=str(authority) if authority.exists() else None,
        verify=certificates.verify,
    )
