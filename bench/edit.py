"""An edit to the next correct page: the development server against ``ckan run`` in a container like it."""

from __future__ import annotations

import http.client
import shutil
import time
from itertools import product
from pathlib import Path
from typing import Any

from bench.measure import LIMIT, Engine, Root, summary
from datacats.model.derived_port import derived_port

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
    """Edit under one server, then under the other, each over a source of its own; the first round does not count."""
    root.run("create", _NAME, "--no-sysadmin")
    home = _extend(root)
    root.run("start", _NAME)
    copied = shutil.copytree(root.base / _NAME, root.base / "peer")
    port = derived_port(_NAME)
    peer = _peer(port + 1, copied)
    servers = {"ours": (port, home), "ckan run": (port + 1, copied / home.relative_to(root.base / _NAME))}
    for at, _ in servers.values():
        _until(at, "WORD")
    samples: dict[str, list[float]] = {f"{what}, {who}": [] for what in _EDITS for who in servers}
    for number in range(rounds + 1):
        for (what, edit), (who, (at, directory)) in product(_EDITS.items(), servers.items()):
            edit(directory, f"{what}{number}")
            samples[f"{what}, {who}"].append(_until(at, f"{what}{number}"))
    Engine().send("DELETE", f"/containers/{peer}?force=true")
    root.run("purge", _NAME, "-y", "--delete-environment")
    found = {name: summary(each[1:]) for name, each in samples.items()}
    median = {name: each["median"] for name, each in found.items()}
    ratios = {f"{what}, ours / ckan run": median[f"{what}, ours"] / median[f"{what}, ckan run"] for what in _EDITS}
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


def _python(home: Path, word: str) -> None:
    (home / "plugin.py").write_text(_PLUGIN.replace("WORD", word))


def _template(home: Path, word: str) -> None:
    (home / "templates" / "home" / "about.html").write_text(_TEMPLATE.replace("</p>", f" {word}</p>"))


_EDITS = {"python": _python, "template": _template}


def _peer(port: int, source: Path) -> str:
    """Make a container like web's, over a source of its own, that runs ``ckan run``; return its id."""
    engine = Engine()
    seen = engine.send("GET", f"/containers/datacats_web_{_NAME}/json")
    config = {**seen["Config"], "Cmd": _CKAN_RUN, "Hostname": "peer"}
    bindings = {"5000/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]}
    networks = list(seen["NetworkSettings"]["Networks"])
    mounts = [
        {**each, "Source": str(source)} if each["Target"] == "/project" else each
        for each in seen["HostConfig"]["Mounts"]
    ]
    host = {**seen["HostConfig"], "PortBindings": bindings, "NetworkMode": networks[0], "Mounts": mounts}
    body = {**config, "HostConfig": host}
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
