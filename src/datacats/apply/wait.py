"""Wait until a probe is satisfied, from our side and often, never on an engine's health timer."""

from __future__ import annotations

import time

from datacats.errors import NoSuchContainer, NotReady
from datacats.model.ports import Answer, LogQuery, Ports
from datacats.model.probe import ExecProbe, HttpProbe, Probe

_LOOK_EVERY = 0.03
_WATCH_EVERY = 1.0
_PAGE_TIMEOUT = 30.0
_TAIL = 20
_OK, _REDIRECT, _CLIENT_ERROR = 200, 300, 400
_CLOSED = {401, 403}

GAVE_UP = "datacats: CKAN does not start"
"""How the development server begins the line that says why, and that a change is awaited."""


def wait_for(probe: Probe, ports: Ports) -> None:
    """Return when the probe is satisfied.

    Raises NotReady when its container ends, or at its deadline, with the last answer and the end of the log.
    """
    if isinstance(probe, ExecProbe):
        _wait_inside(probe, ports)
    else:
        _wait_for_page(probe, ports)


def _wait_inside(probe: ExecProbe, ports: Ports) -> None:
    try:
        done = ports.engine.containers.execute(probe.container, probe.command)
    except NoSuchContainer:
        check_alive(probe.container, ports)
        raise
    if done.exit_code != 0:
        check_alive(probe.container, ports)
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise _not_ready(probe.container, said.splitlines()[-1] if said else f"status {done.exit_code}", ports)


def _wait_for_page(probe: HttpProbe, ports: Ports) -> None:
    began = time.monotonic()
    watch = began + _WATCH_EVERY
    while True:
        answer = ports.http.get(probe.url, host=probe.host, timeout=_PAGE_TIMEOUT)
        now = time.monotonic()
        if _OK <= answer.status < _REDIRECT:
            return
        if _is_closed(answer):
            if probe.behind:
                _wait_inside(probe.behind, ports)
            return
        if now > began + probe.deadline:
            raise _not_ready(probe.container, f"{_words(answer)} after {probe.deadline:.0f} s", ports)
        if now > watch:
            watch = now + _WATCH_EVERY
            check_alive(probe.container, ports)
        ports.http.pause(_LOOK_EVERY)


def gave_up(line: str) -> bool:
    """Whether a line of a development server's log says that CKAN does not start as its files are now."""
    return line.startswith(GAVE_UP)


def _is_closed(answer: Answer) -> bool:
    """Whether CKAN has answered a stranger whom it does not let see the page."""
    return _REDIRECT <= answer.status < _CLIENT_ERROR or answer.status in _CLOSED


def check_alive(container: str, ports: Ports) -> None:
    """Raise NotReady, with the end of its log, when a container has ended or CKAN does not start in it."""
    detail = ports.engine.containers.inspect(container)
    if detail.out_of_memory:
        raise _not_ready(container, "it ran out of memory", ports)
    if detail.state in {"exited", "dead"}:
        raise _not_ready(container, f"it ended with status {detail.exit_code}", ports)
    last = list(ports.engine.containers.logs(container, LogQuery(tail=1)))
    if last and gave_up(last[0].text):
        raise _not_ready(container, "CKAN does not start", ports)


def _not_ready(container: str, why: str, ports: Ports) -> NotReady:
    lines = [line.text for line in ports.engine.containers.logs(container, LogQuery(tail=_TAIL))]
    return NotReady(
        f"{container} is not ready: {why}.",
        "The end of its log is above; the whole of it: datacats logs",
        detail="\n".join(lines),
    )


def _words(answer: Answer) -> str:
    return f"status {answer.status}" if answer.status else answer.reason or "no answer"
