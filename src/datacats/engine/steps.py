"""What the engine tells while it builds or moves an image, as steps or as errors."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from datacats.errors import BuildFailed, EngineError, EngineUnreachable, ImageMissing
from datacats.model.image import BuildStep, ImageRef

_STEP = re.compile(r"Step (\d+)/(\d+) : (.*)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_BREAK = re.compile(r"[\r\n]+")
_TAIL = 20
_ABSENT = ("not found", "manifest unknown", "does not exist", "no such image", "pull access denied")


def of_build(told: Iterable[Mapping[str, Any]], ref: ImageRef) -> Iterator[BuildStep]:
    """Yield the steps of a build, and between them the lines of its output.

    Raises BuildFailed with the last lines, and EngineUnreachable when the build ends without an image.
    """
    last: deque[str] = deque(maxlen=_TAIL)
    image = begun = ""
    for each in told:
        image = (each.get("aux") or {}).get("ID") or image
        if "error" in each:
            why = _lines(each["error"]) or ["no reason was given"]
            last.extend(_lines(begun))
            last.extend(line for line in why if line not in last)
            raise BuildFailed(
                f"Building {ref} failed: {why[0]}", "The end of its output, above, says why.", detail="\n".join(last)
            )
        # A program that writes a line in pieces has each of them told.
        *whole, begun = _BREAK.split(begun + (each.get("stream") or f"{each.get('status') or ''}\n"))
        for line in _lines("\n".join(whole)):
            last.append(line)
            yield _step(line)
    for line in _lines(begun):
        last.append(line)
        yield _step(line)
    if not image:
        raise EngineUnreachable(
            f"The Docker Engine broke off while it built {ref}.",
            "See whether it still runs: docker info; then give the command again.",
            detail="\n".join(last),
        )


def of_transfer(told: Iterable[Mapping[str, Any]], what: str) -> Iterator[BuildStep]:
    """Yield the steps of a pull, push, or load (``what``: pull REF); the same words twice running are one step.

    Raises ImageMissing when there is no such image, EngineError for any other refusal.
    """
    before = ""
    for each in told:
        if "error" in each:
            raise _not_moved(str(each["error"]).strip(), what)
        text = " ".join(word for word in (each.get("id"), each.get("status") or each.get("stream")) if word).strip()
        if text and text != before:
            yield BuildStep(text)
        before = text


def _not_moved(text: str, what: str) -> EngineError:
    message = f"The Docker Engine could not {what}: {text}"
    if any(word in text.lower() for word in _ABSENT):
        return ImageMissing(message, "Check its name and version, or log in: docker login")
    return EngineError(message, "Check the name of the registry and that it answers.")


def _step(line: str) -> BuildStep:
    step = _STEP.fullmatch(line)
    return BuildStep(step[3], int(step[1]), int(step[2])) if step else BuildStep(line)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in _BREAK.split(_COLOUR.sub("", text)) if line.strip()]
