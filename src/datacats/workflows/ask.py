"""Ask a site's backing services in their own languages: SQL, Solr's queries, Redis's commands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datacats.errors import CommandFailed
from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.names import PRIMARY
from datacats.model.ports import Completed, Streams
from datacats.services import postgres, redis, solr
from datacats.workflows import sites, up
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Ask:
    """Words for a backing service of a site."""

    words: tuple[str, ...]
    reference: str | None = None
    site: str = PRIMARY


def psql(ask: Ask, workspace: Workspace, streams: Streams, events: Events = ignore, *, datastore: bool = False) -> int:
    """Run psql on a site's database, or on its DataStore's, on the caller's streams; return its exit status."""
    context = _running(ask, workspace, events)
    command = postgres.psql("datastore" if datastore else "ckan", ask.words)
    return workspace.ports.engine.containers.session(postgres.container(context), command, streams)


def redis_cli(ask: Ask, workspace: Workspace, streams: Streams, events: Events = ignore) -> int:
    """Run redis-cli, signed in, on the caller's streams; return its exit status."""
    context = _running(ask, workspace, events)
    return workspace.ports.engine.containers.session(redis.container(context), redis.client(ask.words), streams)


def search(ask: Ask, workspace: Workspace, events: Events = ignore) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return what a site's search core answers: ``KEY=VALUE`` words are parameters, the others the query.

    Where ``wt`` asks for another form than JSON, the answer is bytes, as Solr gave them. Raises CommandFailed with
    Solr's own words for a query that it refuses.
    """
    context = _running(ask, workspace, events)
    parameters = _parameters(ask.words)
    done = workspace.ports.engine.containers.execute(solr.container(context), solr.query(urlencode(parameters)))
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        if dict(parameters)["wt"] != "json" and done.exit_code in {0, solr.REFUSED}:
            return _as_given(done)
        raise CommandFailed(
            "Solr gave no answer that can be read.",
            "See what it says: datacats logs solr",
            detail=(done.stderr or done.stdout).decode(errors="replace"),
        ) from error
    if "error" in answer:
        raise CommandFailed(f"Solr refused the query: {answer['error'].get('msg', '')}", "Mend the query.")
    return answer


def _as_given(done: Completed) -> bytes:
    if done.exit_code == solr.REFUSED:
        said = done.stderr.decode(errors="replace")
        detail = done.stdout.decode(errors="replace").strip()
        raise CommandFailed(f"Solr refused the query: {said}", "Without wt it says why in words.", detail=detail)
    return done.stdout


def _running(ask: Ask, workspace: Workspace, events: Events) -> SiteContext:
    with sites.hold(workspace, ask.reference, ask.site, events) as context:
        up.bring_up(workspace, context, up.BACKING, events)
    return context


def _parameters(words: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [(key, value) for key, _, value in (word.partition("=") for word in words if _is_parameter(word))]
    bare = " ".join(word for word in words if not _is_parameter(word))
    named = {key for key, _ in pairs}
    if bare or "q" not in named:
        pairs.insert(0, ("q", bare or "*:*"))
    if "wt" not in named:
        pairs.append(("wt", "json"))
    return pairs


def _is_parameter(word: str) -> bool:
    """Whether it is ``KEY=VALUE``; ``title:x=y`` is a query."""
    key, equals, _ = word.partition("=")
    return bool(equals) and key.replace(".", "").replace("_", "").replace("-", "").isalnum()
