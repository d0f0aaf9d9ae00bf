"""What the engine tells while it builds or moves an image, as steps or as errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from datacats.engine.layers import Layers
from datacats.errors import BuildFailed, EngineError, EngineUnreachable, ImageMissing
from datacats.model.image import ImageRef
from datacats.model.step import Step

_STEP = re.compile(r"Step (\d+)/(\d+) : (.*)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_BREAK = re.compile(r"[\r\n]+")
_TAIL = 20
_ABSENT = ("not found", "manifest unknown", "does not exist", "no such image", "pull access denied")


def of_build(told: Iterable[Mapping[str, Any]], ref: ImageRef) -> Iterator[Step]:
    """Yield the steps of a build, and between them the lines of its output.

    Raises BuildFailed with the last lines, and EngineUnreachable when the build ends without an image.
    """
    printed: list[str] = []
    image = begun = ""
    for each in told:
        image = (each.get("aux") or {}).get("ID") or image
        if "error" in each:
            why = _lines(each["error"]) or ["no reason was given"]
            printed += _lines(begun)
            printed += [line for line in why if line not in printed[-_TAIL:]]
            raise _failed(f"Building {ref} failed: {why[0]}", printed)
        # A program that writes a line in pieces has each of them told.
        *whole, begun = _BREAK.split(begun + (each.get("stream") or f"{each.get('status') or ''}\n"))
        for line in _lines("\n".join(whole)):
            printed.append(line)
            yield _step(line)
    for line in _lines(begun):
        printed.append(line)
        yield _step(line)
    if not image:
        raise EngineUnreachable(
            f"The Docker Engine broke off while it built {ref}.",
            "See whether it still runs: docker info; then give the command again.",
            detail="\n".join(printed[-_TAIL:]),
        )


def _failed(what: str, printed: Sequence[str]) -> BuildFailed:
    error = BuildFailed(what, "The end of its output, above, says why.", detail="\n".join(printed[-_TAIL:]))
    error.output = "\n".join(printed)
    return error


def of_transfer(told: Iterable[Mapping[str, Any]], what: str) -> Iterator[Step]:
    """Yield the steps of a pull, push, or load (``what``: pull REF): bytes of all layers, or the engine's words.

    The same step twice running is one. Raises ImageMissing when there is no such image, EngineError for any other
    refusal.
    """
    layers = Layers()
    before = None
    for each in told:
        if "error" in each:
            raise _not_moved(str(each["error"]).strip(), what)
        step = layers.told(each) or Step(_words(each))
        if step.text and step != before:
            yield step
        before = step


def _words(each: Mapping[str, Any]) -> str:
    return " ".join(word for word in (each.get("id"), each.get("status") or each.get("stream")) if word).strip()


def _not_moved(text: str, what: str) -> EngineError:
    message = f"The Docker Engine could not {what}: {text}"
    if any(word in text.lower() for word in _ABSENT):
        return ImageMissing(message, "Check its name and version, or log in: docker login")
    return EngineError(message, "Check the name of the registry and that it answers.")


def _step(line: str) -> Step:
    step = _STEP.fullmatch(line)
    return Step(step[3], int(step[1]), int(step[2])) if step else Step(line)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in _BREAK.split(_COLOUR.sub("", text)) if line.strip()]
