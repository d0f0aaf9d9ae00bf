"""HTTP and ports as a test scripts them."""

from __future__ import annotations

from dataclasses import replace

from datacats.model.ports import Answer

_LIMIT = 64 * 1024
_REFUSED = Answer(0, "the connection was refused")


class FakeHttp:
    """Answers that a test sets up with ``script`` and the attribute ``taken``, then looks at.

    ``taken`` says who holds a port; ``asked`` lists the requests as (URL, Host header); ``pauses`` counts.
    """

    def __init__(self) -> None:
        self.taken: dict[int, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.pauses = 0
        self._answers: dict[str, list[Answer]] = {}

    def script(self, url: str, *answers: Answer) -> None:
        """Let a page answer so, one after the other; the last one stays."""
        self._answers[url] = list(answers)

    def get(self, url: str, *, host: str = "", timeout: float = 30) -> Answer:
        """Return the next scripted answer; where there is none, the connection is refused."""
        del timeout
        self.asked.append((url, host))
        answers = self._answers.get(url, [_REFUSED])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return replace(answer, body=answer.body[:_LIMIT])

    def port_holder(self, address: str, port: int) -> str | None:
        """Return who holds the port, on whichever address, or None."""
        del address
        return self.taken.get(port)

    def pause(self, seconds: float) -> None:
        """Count it, and let no time pass."""
        del seconds
        self.pauses += 1
