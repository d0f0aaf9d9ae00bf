"""Run an extension's own tests, each time among services that are made for it and removed after."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from signal import SIGHUP, SIGINT, SIGQUIT, SIGTERM
from typing import Any

from datacats.errors import ConfigError, DatacatsError, NotFound, UsageError
from datacats.model.event import Events, Said, ignore
from datacats.model.extension import Extension
from datacats.model.ports import Streams
from datacats.recipes import resolve_ckan
from datacats.services import testing
from datacats.services.testing import Trial
from datacats.store import documents, suite
from datacats.workflows import bed, images, subject, suite_layer
from datacats.workflows.bed import Bed
from datacats.workflows.subject import Subject
from datacats.workflows.workspace import Workspace

_PYTESTS = 2
_INTERRUPTED = frozenset({_PYTESTS, *(128 + each for each in (SIGHUP, SIGINT, SIGQUIT, SIGTERM))})
"""How a run ends that somebody has stopped, by a key or as CI does that cancels: nothing comes after it."""

_KILLED, _NOTHING = 137, 5


@dataclass(frozen=True, slots=True)
class Tests:
    """What to test, and how.

    ``words`` may begin with the extension's directory, then ``--``; the others are pytest's. ``ckan`` names versions,
    empty for the environment's own; ``core`` is a path or a keyword among CKAN's own tests. With ``anew`` the newest
    releases of what the tests need are taken.
    """

    words: tuple[str, ...] = ()
    reference: str | None = None
    ckan: tuple[str, ...] = ()
    core: str | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """How the tests ended on one CKAN. ``inside`` is the version that the tests saw, empty when none began.

    ``seconds`` are pytest's; ``counts`` maps passed, failed, errors and skipped to numbers; ``problem`` says why no
    test was run.
    """

    ckan: str
    status: int
    seconds: float
    inside: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""


def run_tests(tests: Tests, workspace: Workspace, streams: Streams, events: Events = ignore) -> tuple[Run, ...]:
    """Run the tests on each CKAN in turn, on the caller's streams; an interrupt ends them all.

    Raises what keeps a single run from beginning; of several, such a run is told of in its result.
    """
    asked = tuple(dict.fromkeys(map(resolve_ckan, tests.ckan)))
    found, words = _subject(tests, workspace)
    versions = asked or (resolve_ckan(found.environment.ckan),)
    if len(versions) == 1:
        return (_run(tests, workspace, found.on(versions[0]), _Inner(words, streams), events),)
    runs: list[Run] = []
    for version in versions:
        events(Said(f"CKAN {version}:"))
        try:
            runs.append(_run(tests, workspace, found.on(version), _Inner(words, streams), events))
        except DatacatsError as error:
            runs.append(Run(version, error.exit_code, 0, problem=error.message))
            events(Said(f"{error.message}\n{error.detail}".rstrip()))
        if runs[-1].status in _INTERRUPTED:
            break
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class _Inner:
    words: tuple[str, ...]
    streams: Streams


def _subject(tests: Tests, workspace: Workspace) -> tuple[Subject, tuple[str, ...]]:
    if tests.core is not None:
        words = tests.words[1:] if tests.words[:1] == ("--",) else tests.words
        return subject.of_ckan(workspace), (*_core(tests.core), *words)
    before, words = _divided(tests.words, workspace)
    if len(before) > 1:
        raise UsageError(
            f"Only one extension can be tested at a time, not {', '.join(before)}.",
            "Words for pytest come after two dashes: datacats test DIRECTORY -- -k NAME",
        )
    found = subject.find(workspace, before[0] if before else None, tests.reference)
    if "--" not in tests.words:
        _refuse_absent(words, found, workspace)
    return found, words


def _refuse_absent(words: tuple[str, ...], found: Subject, workspace: Workspace) -> None:
    """Raise NotFound for a first word that is no option of pytest's, and no file or directory that it could find."""
    path = words[0].partition("::")[0] if words else ""
    if not path or path.startswith(("-", "/")) or "--pyargs" in words:
        return
    if workspace.ports.disk.entry(found.directory / path) is None:
        raise NotFound(
            f"There is no {path} in {found.directory}.",
            "Name an extension's directory, or a file of its tests: datacats test DIRECTORY",
        )


def _divided(words: tuple[str, ...], workspace: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide words into ours and pytest's: at two dashes, else after a first one that is an extension's directory."""
    if "--" in words:
        position = words.index("--")
        return words[:position], words[position + 1 :]
    if words and not words[0].startswith("-") and subject.is_extension(workspace, words[0]):
        return words[:1], words[1:]
    return (), words


def _core(chosen: str) -> tuple[str, ...]:
    """Return pytest's words for a path below CKAN's package, or for a keyword."""
    if "/" in chosen or chosen.endswith(".py") or "::" in chosen:
        below = chosen.removeprefix("ckan/")
        inside = below if below.startswith("tests/") else f"tests/{below}"
        return (f"{testing.CKAN}ext/{chosen[8:]}" if chosen.startswith("ckanext/") else f"{testing.CKAN}/{inside}",)
    return ("-k", chosen, f"{testing.CKAN}/tests")


def _run(tests: Tests, workspace: Workspace, of: Subject, inner: _Inner, events: Events) -> Run:
    chosen, words = _chosen_ini(inner.words)
    inis = _inis(workspace, of, chosen)
    version = resolve_ckan(of.environment.ckan)
    with bed.made(workspace, of, of.images or images.ensure(workspace, version, events), events) as there:
        layer = suite_layer.ensure(workspace, there.context, of, events, anew=tests.anew)
        texts = _texts(of, inis, layer.own, events)
        log = inis[0].text if inis else texts[0] if texts else "[app:main]\n"
        bed.place(workspace, there, testing.run_files(there.context, there.secrets, texts, log))
        writable = _writable(workspace, of, there, events)
        trial = Trial(there.context, layer.path, of.extension, words, inner.streams.terminal, writable)
        began = time.monotonic()
        status = workspace.ports.engine.containers.run(testing.describe(trial).labelled(), inner.streams)
        run = replace(_told(workspace, there, version, status), seconds=time.monotonic() - began)
    _explain(run, of, events)
    return run


def _chosen_ini(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the configuration file that pytest's words ask for, and the other words."""
    rest: list[str] = []
    chosen = ""
    remaining = iter(words)
    for word in remaining:
        if word == "--ckan-ini":
            chosen = next(remaining, "")
        elif word.startswith("--ckan-ini="):
            chosen = word.partition("=")[2]
        else:
            rest.append(word)
    return chosen, tuple(rest)


def _inis(workspace: Workspace, of: Subject, chosen: str) -> tuple[suite.Ini, ...]:
    if of.extension is None:
        return ()
    found = suite.inis(workspace.ports.disk, of.directory, chosen or suite.INI)
    if chosen and not found:
        raise UsageError(f"There is no {of.directory / chosen}.", "--ckan-ini names a file below the extension.")
    return found


def _texts(of: Subject, inis: Sequence[suite.Ini], own: Sequence[Extension], events: Events) -> list[str]:
    """Return the extension's configuration files as the container gets them, each leading to the next."""
    if of.extension is None:
        return []
    if not inis:
        names = [name for each in own if each.directory == of.extension for name in each.plugins]
        events(Said(f"{of.directory} has no {suite.INI}: its tests get one with ckan.plugins = {' '.join(names)}"))
        return [f"[app:main]\nuse = config:{testing.CORE}\nckan.plugins = {' '.join(names)}\n"]
    texts: list[str] = []
    for number, each in enumerate(inis, 1):
        following = testing.name_of(number) if number < len(inis) else testing.CORE
        here = testing.place("/".join(part for part in (of.extension, *each.path.parent.parts) if part))
        texts.append(each.using(following).replace("%(here)s", here))
    return texts


def _writable(workspace: Workspace, of: Subject, there: Bed, events: Events) -> bool:
    """Whether pytest can write beside the tests: it is never root, not even for root."""
    entry = workspace.ports.disk.entry(of.directory)
    user, group = there.context.host.uid, there.context.host.gid
    if of.extension is None or entry is None:
        return False
    if entry.uid == user or (entry.gid == group and entry.mode & 0o020) or entry.mode & 0o002:
        return True
    events(
        Said(
            f"{of.directory} belongs to another user (uid {entry.uid}), and no test runs as root: caches and coverage "
            f"are not kept. To have them: chown -R {user} {of.directory}"
        )
    )
    return False


def _told(workspace: Workspace, there: Bed, ckan: str, status: int) -> Run:
    """Read what pytest's plugin has written down, if it came that far."""
    path = there.context.directory / "files" / testing.REPORT
    if workspace.ports.disk.entry(path) is None:
        return Run(ckan, status, 0)
    try:
        return documents.read(workspace.ports.disk, path, lambda record: _decode(record, ckan, status))
    except ConfigError:
        return Run(ckan, status, 0)


def _decode(record: dict[str, Any], ckan: str, status: int) -> Run:
    counts = {str(key): int(value) for key, value in record["counts"].items()}
    return Run(ckan, status, 0, str(record["ckan_version"]), counts)


def _explain(run: Run, of: Subject, events: Events) -> None:
    if run.status == _KILLED:
        events(Said("The container was killed: by a test, by somebody, or because it wanted more than its memory."))
    elif run.status == _NOTHING:
        events(Said(f"pytest found no test in {of.directory} that fits."))
