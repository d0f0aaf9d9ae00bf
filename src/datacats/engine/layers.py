"""How far a pull or push has come, out of what the engine tells of each layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datacats.model.step import Step

_MOVING = frozenset({"Downloading", "Pushing"})
_MOVED = frozenset({"Verifying Checksum", "Download complete", "Extracting", "Pushed"})
_DONE = frozenset({"Pull complete", "Pushed", "Already exists", "Layer already exists"})
_WAITING = frozenset({"Pulling fs layer", "Waiting", "Preparing"})


@dataclass(slots=True)
class _Layer:
    moved: int = 0
    size: int = 0
    known: bool = False
    done: bool = False


class Layers:
    """The layers of one transfer: their bytes, summed up as soon as the engine has told the size of each."""

    def __init__(self) -> None:
        self._layers: dict[str, _Layer] = {}

    def told(self, each: Mapping[str, Any]) -> Step | None:
        """Take one thing that the engine tells in; return how far the whole has come, or None when that is no layer."""
        status = each.get("status") or ""
        if not each.get("id") or status not in _MOVING | _MOVED | _DONE | _WAITING:
            return None
        self._update(self._layers.setdefault(each["id"], _Layer()), status, each.get("progressDetail") or {})
        return self._step()

    def _update(self, layer: _Layer, status: str, detail: Mapping[str, Any]) -> None:
        if status in _MOVING and detail.get("total"):
            layer.size, layer.known = detail["total"], True
            layer.moved = min(detail.get("current", 0), layer.size)
        elif status in _MOVED | _DONE:
            layer.moved, layer.known = layer.size, True
        layer.done = layer.done or status in _DONE

    def _step(self) -> Step:
        layers = self._layers.values()
        done = sum(each.done for each in layers)
        total = sum(each.size for each in layers) if all(each.known for each in layers) else 0
        return Step(f"{done} of {len(layers)} layers", sum(each.moved for each in layers), total, "bytes")
