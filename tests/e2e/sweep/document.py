"""The end state as one canonical text: what a cut and repeated command left must read as after an uninterrupted one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from datacats.model import labels
from tests.e2e.sweep.disk import files, masks
from tests.e2e.sweep.stage import Stage
from tests.e2e.sweep.stored import stored

_DIGESTS = {labels.SPEC, labels.CONFIGURATION}
"""Labels that follow from the secrets of a site: they must be there, their value is each site's own."""


def document(stage: Stage, promised: Mapping[str, Any]) -> str:
    """Return what is there, as text to compare line by line, with what became of the promises."""
    hidden = masks(stage)
    with ThreadPoolExecutor() as pool:
        asked = {
            "stored": pool.submit(stored, stage),
            "containers": pool.submit(_containers, stage),
            "networks": pool.submit(_networks, stage),
        }
        found = {"files": files(stage, hidden), "promised": promised}
        found |= {name: each.result() for name, each in asked.items()}
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
    for value, name in hidden.items():
        text = text.replace(value, name)
    return text


def _containers(stage: Stage) -> dict[str, Any]:
    """Every container of the data root: one-off ones too, under a name that says so."""
    return {_name(each): _container(stage.engine.inspect_container(each["Id"])) for each in stage.containers()}


def _name(listed: dict[str, Any]) -> str:
    if labels.ONE_OFF in listed["Labels"]:
        return f"one-off {listed['Labels'][labels.ONE_OFF]} {listed['State']}"
    return str(listed["Names"][0].strip("/"))


def _container(told: dict[str, Any]) -> dict[str, Any]:
    config, settings = told["Config"], told["NetworkSettings"]
    return {
        "image": config["Image"],
        "state": told["State"]["Status"],
        "user": config["User"],
        "command": config["Cmd"],
        "labels": _labels(config["Labels"]),
        "mounts": sorted(f"{each['Source']} {each['Destination']} {each['RW']}" for each in told["Mounts"]),
        "networks": {name: _aliases(each, told["Id"]) for name, each in settings["Networks"].items()},
        "ports": told["HostConfig"]["PortBindings"],
        "restart": told["HostConfig"]["RestartPolicy"]["Name"],
    }


def _labels(found: dict[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in found.items() if key.startswith(labels.PREFIX)}
    return {key: re.sub(r"[0-9a-f]", "0", value) if key in _DIGESTS else value for key, value in kept.items()}


def _aliases(endpoint: dict[str, Any], identity: str) -> list[str]:
    return sorted(alias for alias in endpoint["Aliases"] or () if not identity.startswith(alias))


def _networks(stage: Stage) -> dict[str, Any]:
    return {
        each["Name"]: {
            "subnets": [pool["Subnet"] for pool in each["IPAM"]["Config"]],
            "internal": each["Internal"],
            "labels": _labels(each["Labels"]),
        }
        for each in stage.networks()
    }
