"""The process variables that datacats reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datacats.model.settings import VARIABLES
from docs._ext.tables import table

OTHERS: Mapping[str, str] = {
    "DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH": "Which Docker Engine, as the "
    "`docker` command reads them.",
    "http_proxy, https_proxy, no_proxy": "The proxy of builds and of web, in lower or upper case.",
    "SSL_CERT_FILE, REQUESTS_CA_BUNDLE": "Certificate authorities that builds and web trust as well.",
    "NO_COLOR": "Set to anything: no colours.",
    "PIP_INDEX_URL, UV_INDEX_URL, ...": "The package index, by pip's and uv's own variables and files.",
}


def reference() -> Iterator[str]:
    """Both tables: ours, and those of others that datacats follows."""
    yield from table(("variable", "means"), [(f"`{name}`", what) for name, what in VARIABLES.items()])
    yield from ("", "Those of others, which datacats follows:")
    rows = [(", ".join(f"`{each}`" for each in names.split(", ")), what) for names, what in OTHERS.items()]
    yield from table(("variable", "means"), rows)
