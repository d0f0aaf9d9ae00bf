"""The process variables that datacats follows."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from datacats.model import settings

VARIABLES: Mapping[str, str] = {
    **settings.VARIABLES,
    "DATACATS_DEMO_DIR": "Where script/demo makes its source directory.",
    "DOCKER_HOST": "The engine's address, instead of a context or the usual socket.",
    "DOCKER_CONTEXT": "The Docker context, instead of the current one.",
    "DOCKER_CONFIG": "Where Docker's settings lie. [default: ~/.docker]",
    "DOCKER_TLS_VERIFY": "Not empty: TLS to DOCKER_HOST, and its certificate is checked.",
    "DOCKER_TLS": "Not empty: TLS to DOCKER_HOST, unchecked.",
    "DOCKER_CERT_PATH": "Where the certificates lie. [default: DOCKER_CONFIG]",
    "XDG_RUNTIME_DIR": "Where a rootless engine's socket lies.",
    "http_proxy": "The proxy, for builds and for web; HTTP_PROXY is read too.",
    "https_proxy": "The same for https; HTTPS_PROXY is read too.",
    "no_proxy": "Hosts that need no proxy; NO_PROXY is read too.",
    "SSL_CERT_FILE": "Authorities to trust, for builds and web; also REQUESTS_CA_BUNDLE, PIP_CERT.",
    "PIP_INDEX_URL": "The Python index; also PIP_EXTRA_INDEX_URL, PIP_TRUSTED_HOST.",
    "PIP_CONFIG_FILE": "pip's settings, where they are in no usual place.",
    "UV_DEFAULT_INDEX": "The same for uv; also UV_INDEX, UV_INDEX_URL, UV_INSECURE_HOST, UV_EXTRA_INDEX_URL, "
    "UV_INDEX_NAME_USERNAME, UV_INDEX_NAME_PASSWORD.",
    "UV_CONFIG_FILE": "uv's settings, where they are in no usual place.",
    "XDG_CONFIG_HOME": "Where pip's and uv's settings lie. [default: ~/.config]",
    "HOME": "Where all of these defaults are, and Maven's settings.xml.",
    "NO_COLOR": "Not empty: no colours.",
    "COLUMNS": "The width of the terminal, for help and progress.",
    "BROWSER": "The browser that datacats open starts; also DISPLAY, WAYLAND_DISPLAY.",
}
"""Name -> what it does, in one sentence."""

_INDENT = " " * 21
_INTRODUCTION = """\
An option beats a variable, and a variable beats a default. Variables for
CKAN itself belong into [env] of datacats.toml.

"""


def text() -> str:
    """Return the topic's text."""
    return _INTRODUCTION + "".join(f"{_entry(name, what)}\n" for name, what in VARIABLES.items())


def _entry(name: str, what: str) -> str:
    return textwrap.fill(what, 77, initial_indent=f"  {name:<18} ", subsequent_indent=_INDENT, break_on_hyphens=False)
