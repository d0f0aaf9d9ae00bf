"""The names and ports of a page, and those that stand for them where its commands are run.

A page may say ``catstown`` although somebody on this engine has an environment of that name.
"""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Iterable

from datacats.model.derived_port import derived_port
from datacats.model.names import PRIMARY


class Disguise:
    """Puts other names, ports and paths in the place of those of a page, and the page's back in what was printed.

    ``names`` are of environments, and of further sites as ``NAME/SITE``, whose ports follow from their names;
    ``ports`` are others. ``paths`` are of the page's reader -> of the run.
    """

    def __init__(self, names: Iterable[str], ports: Iterable[int], paths: dict[str, str]) -> None:
        sites = [(name, site or PRIMARY) for name, _, site in (each.partition("/") for each in names)]
        stand_ins = _stand_ins({name for name, _ in sites})
        numbers = {derived_port(name, site): derived_port(stand_ins[name], site) for name, site in sites}
        numbers |= {port: _free_port() for port in ports}
        self._paths = paths
        self._words = {**stand_ins, **{_title(name): _title(other) for name, other in stand_ins.items()}}
        self._numbers = {str(port): str(other) for port, other in numbers.items()}

    def on(self, text: str) -> str:
        """What is run in the place of what the page says."""
        return _replace(text, self._paths, self._words, self._numbers)

    def off(self, text: str) -> str:
        """What the page would say of what was printed."""
        return _replace(text, *({new: old for old, new in each.items()} for each in self._all()))

    def _all(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        return self._paths, self._words, self._numbers


def _replace(text: str, paths: dict[str, str], words: dict[str, str], numbers: dict[str, str]) -> str:
    """Each place is replaced once; of two that begin alike the longer one is meant."""
    choices = sorted({**paths, **words}, key=len, reverse=True)
    pattern = "|".join([*map(re.escape, choices), *(rf"(?<!\d){each}(?!\d)" for each in numbers)])
    every = {**paths, **words, **numbers}
    return re.sub(pattern, lambda found: every[found[0]], text) if pattern else text


def _stand_ins(names: set[str]) -> dict[str, str]:
    """Names of the same length and the same first letter: columns stay as wide, lists in their order."""
    chosen: dict[str, str] = {}
    ports: set[int] = set()
    for name in sorted(names):
        while True:
            other = name[0] + secrets.token_hex(20)[: len(name) - 1]
            port = derived_port(other)
            if port not in ports and _is_free(port):
                break
        ports.add(port)
        chosen[name] = other
    return chosen


def _title(name: str) -> str:
    return name[0].upper() + name[1:]


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) != 0


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        found: int = tried.getsockname()[1]
        return found
