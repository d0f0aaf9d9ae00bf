"""An edit to the next correct page: the development server against ``ckan run`` in a container like it."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.measure import LIMIT, Engine, Root, summary
from datacats.model.names import derived_port

_NAME = "bench-edit"
_CKAN_RUN = ["datacats-serve", "run", "-H", "0.0.0.0", "-p", "5000"]  # noqa: S104 - the network of a container
_PLUGIN = """
import ckan.plugins as plugins


class EditPlugin(plugins.SingletonPlugin):
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.ITemplateHelpers)

    def update_config(self, config):
        plugins.toolkit.add_template_directory(config, "templates")

    def get_helpers(self):
        return {"edited": lambda: "WORD"}
"""
_TEMPLATE = "{% extends 'page.html' %}{% block primary %}<p>{{ h.edited() }}</p>{% endblock %}"
_FILES = {
    "editext/__init__.py": "",
    "editext/plugin.py": _PLUGIN,
    "editext/templates/home/about.html": _TEMPLATE,
    "editext.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: editext\nVersion: 1.0\n",
    "editext.egg-info/entry_points.txt": "[ckan.plugins]\nedit = editext.plugin:EditPlugin\n",
}


def measure(root: Root, rounds: int) -> dict[str, Any]:
    """Edit the same files under one server after the other, the other one paused; the first round does not count."""
    root.run("create", _NAME, "--no-sysadmin")
    home = _extend(root)
    root.run("start", _NAME)
    port = derived_port(_NAME)
    peer = _peer(port + 1)
    servers = {"ours": (port, f"datacats_web_{_NAME}"), "ckan run": (port + 1, peer)}
    _settle(servers, "WORD")
    samples: dict[str, list[float]] = {f"{what}, {who}": [] for what in _EDITS for who in servers}
    for number in range(rounds + 1):
        for what, edit in _EDITS.items():
            for who, other in (("ours", "ckan run"), ("ckan run", "ours")):
                word = f"{what}{number}{who[0]}"
                Engine().send("POST", f"/containers/{servers[other][1]}/pause")
                edit(home, word)
                samples[f"{what}, {who}"].append(_until(servers[who][0], word))
                Engine().send("POST", f"/containers/{servers[other][1]}/unpause")
                _settle(servers, word)
    Engine().send("DELETE", f"/containers/{peer}?force=true")
    root.run("purge", _NAME, "-y", "--delete-environment")
    found = {name: summary(each[1:]) for name, each in samples.items()}
    ratios = {
        f"{what}, ours / ckan run": found[f"{what}, ours"]["median"] / found[f"{what}, ckan run"]["median"]
        for what in _EDITS
    }
    return {**found, **ratios}


def _extend(root: Root) -> Path:
    source = root.base / _NAME
    for name, text in _FILES.items():
        path = source / "ckanext-edit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    toml, ini = source / "datacats.toml", source / "ckan.ini"
    toml.write_text(f'{toml.read_text()}PYTHONPATH = "/project/ckanext-edit"\n')
    ini.write_text(ini.read_text().replace("ckan.plugins = ", "ckan.plugins = edit "))
    return source / "ckanext-edit" / "editext"


def _settle(servers: Mapping[str, tuple[int, str]], word: str) -> None:
    for port, _container in servers.values():
        _until(port, word)


def _python(home: Path, word: str) -> None:
    (home / "plugin.py").write_text(_PLUGIN.replace("WORD", word))


def _template(home: Path, word: str) -> None:
    (home / "templates" / "home" / "about.html").write_text(_TEMPLATE.replace("</p>", f" {word}</p>"))


_EDITS = {"python": _python, "template": _template}


def _peer(port: int) -> str:
    """Make a container like web's that runs ``ckan run``; return its id."""
    engine = Engine()
    seen = engine.send("GET", f"/containers/datacats_web_{_NAME}/json")
    config = {**seen["Config"], "Cmd": _CKAN_RUN, "Hostname": "peer"}
    bindings = {"5000/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]}
    networks = list(seen["NetworkSettings"]["Networks"])
    body = {**config, "HostConfig": {**seen["HostConfig"], "PortBindings": bindings, "NetworkMode": networks[0]}}
    made: str = engine.send("POST", "/containers/create", body)["Id"]
    for network in networks[1:]:
        engine.send("POST", f"/networks/{network}/connect", {"Container": made})
    engine.send("POST", f"/containers/{made}/start")
    return made


def _until(port: int, word: str) -> float:
    """Ask again and again until a page has the word; return how long that took."""
    began = time.monotonic()
    while time.monotonic() < began + LIMIT:
        if word in _page(port):
            return time.monotonic() - began
        time.sleep(0.01)
    raise SystemExit(f"{word} never came on port {port}")


def _page(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/about")
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()
