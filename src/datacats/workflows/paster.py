"""What the words after ``paster`` mean today: CKAN has one program for all of it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datacats.errors import UsageError

_Words = tuple[str, ...]

_SUCCESSORS: Mapping[_Words, _Words] = {
    ("celeryd",): ("jobs", "worker"),
    ("check-po-files",): ("translation", "check-po"),
    ("datastore", "set-permissions", "postgres"): ("datastore", "set-permissions"),
    ("db", "clean"): ("db", "clean", "--yes"),
    ("harvester", "abort_failed_jobs"): ("harvester", "abort-failed-jobs"),
    ("harvester", "clean_harvest_log"): ("harvester", "clean-harvest-log"),
    ("harvester", "clearsource"): ("harvester", "source", "clear"),
    ("harvester", "clearsource_history"): ("harvester", "source", "clear-history"),
    ("harvester", "fetch_consumer"): ("harvester", "fetch-consumer"),
    ("harvester", "gather_consumer"): ("harvester", "gather-consumer"),
    ("harvester", "initdb"): ("db", "upgrade", "-p", "harvest"),
    ("harvester", "job_abort"): ("harvester", "job-abort"),
    ("harvester", "purge_queues"): ("harvester", "purge-queues"),
    ("harvester", "rmsource"): ("harvester", "source", "remove"),
    ("harvester", "run_test"): ("harvester", "run-test"),
    ("make-config", "ckan"): ("generate", "config"),
    ("plugin-info", "ckan"): ("plugin-info",),
    ("post", "/api/action/send_email_notifications"): ("notify", "send_emails"),
    ("search-index", "rebuild_fast"): ("search-index", "rebuild-fast"),
    ("trans",): ("translation",),
}
"""How a command began, and how its successor does."""

_GONE: Mapping[_Words, tuple[str, str]] = {
    ("create",): ("a new extension", "datacats generate extension NAME"),
    ("create-test-data",): ("made-up data", "datacats demo-data"),
    ("db", "dump"): ("dumps", "datacats db dump FILE"),
    ("db", "load"): ("dumps", "datacats db load FILE"),
    ("db", "simple-dump-csv"): ("dumps of datasets", "Ask the API: /api/3/action/package_search"),
    ("db", "simple-dump-json"): ("dumps of datasets", "Ask the API: /api/3/action/package_search"),
    ("db", "user-dump-csv"): ("dumps of users", "datacats ckan user list"),
    ("less",): ("style sheets in Less", "CKAN ships them compiled; compile your own, in Sass, with: datacats sass"),
    ("minify",): ("minified files", "CKAN's assets are made when they are asked for."),
    ("front-end-build",): ("a build of the pages' files", "CKAN's assets are made when they are asked for."),
    ("ratings",): ("ratings", "CKAN has none any more."),
    ("rights",): ("rights", "Add members to organizations in the browser, or by the API."),
    ("roles",): ("roles", "Add members to organizations in the browser, or by the API."),
    ("serve",): ("the server", "datacats start"),
    ("color",): ("colours of a theme", "Change them in a theme's style sheet."),
}
"""Commands that CKAN has none for today: what they were about, and what to do instead."""


def from_paster(words: Sequence[str]) -> _Words:
    """Return the words after ``ckan`` for the words after ``paster``. Raises UsageError for what has no successor."""
    rest = _without_plugin(words)
    for length in (2, 1):
        if rest[:length] in _GONE and len(rest) >= length:
            about, instead = _GONE[rest[:length]]
            old = " ".join(rest[:length])
            raise UsageError(f"Today's CKAN has no command for what `paster {old}` was about: {about}.", instead)
    for length in (3, 2, 1):
        if rest[:length] in _SUCCESSORS and len(rest) >= length:
            rest = _SUCCESSORS[rest[:length]] + rest[length:]
            break
    return _ini_first(rest)


def refuse_generator(words: Sequence[str]) -> None:
    """Raise UsageError for words after ``ckan`` that mean its generator of extensions, which cannot work here."""
    rest = tuple(words)
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in {"-c", "--config"} else rest[1:]
    if rest[:2] == ("generate", "extension"):
        raise UsageError(
            "`ckan generate extension` needs templates that CKAN's package does not have.",
            "datacats generate extension NAME",
        )


def _without_plugin(words: Sequence[str]) -> _Words:
    rest = tuple(words)
    while rest and rest[0].startswith("--plugin"):
        rest = rest[1:] if "=" in rest[0] else rest[2:]
    return rest


def _ini_first(words: _Words) -> _Words:
    """The ini came last in the old spelling; in the new one it comes before the command."""
    if len(words) > 1 and words[-1].startswith("--config="):
        return ("-c", words[-1].partition("=")[2], *words[:-1])
    if len(words) > 2 and words[-2] in {"-c", "--config"}:  # noqa: PLR2004 - the option, its value, and a command
        return ("-c", words[-1], *words[:-2])
    return words
