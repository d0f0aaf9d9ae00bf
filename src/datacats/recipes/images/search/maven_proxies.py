"""Print a settings file that tells Maven of the proxies in the process variables, which it does not read."""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape


def settings(env: Mapping[str, str]) -> str:
    """Return the content of the settings file."""
    proxies = "".join(proxy(scheme, env) for scheme in ("http", "https"))
    return f"<settings><proxies>{proxies}</proxies></settings>\n"


def proxy(scheme: str, env: Mapping[str, str]) -> str:
    """Return the element of the proxy for one scheme, or nothing when there is no such proxy."""
    url = urlsplit(variable(f"{scheme}_proxy", env))
    if not url.hostname:
        return ""
    values = {
        "id": scheme,
        "active": "true",
        "protocol": scheme,
        "host": url.hostname,
        "port": str(url.port or 80),
        "username": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "nonProxyHosts": direct_hosts(variable("no_proxy", env)),
    }
    return "<proxy>" + "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items() if value) + "</proxy>"


def variable(name: str, env: Mapping[str, str]) -> str:
    """Return a variable, whichever of its two spellings is set."""
    return env.get(name) or env.get(name.upper()) or ""


def direct_hosts(text: str) -> str:
    """Translate ``no_proxy``: ``.example.com,localhost`` is ``*.example.com|localhost`` to Java."""
    hosts = [host.strip() for host in text.split(",")]
    return "|".join(f"*{host}" if host.startswith(".") else host for host in hosts if host)


if __name__ == "__main__":
    sys.stdout.write(settings(os.environ))
