"""``datacats solr``."""

from __future__ import annotations

import json
import sys

import click

from datacats.cli.options import pass_session
from datacats.cli.passthrough import PassThrough, passthrough_arguments
from datacats.cli.session import Session


@click.command("solr", cls=PassThrough, epilog="Example:  datacats solr title:cats rows=5 fl=name,title")
@passthrough_arguments
@pass_session
def command(session: Session, words: tuple[str, ...], environment: str | None, site: str) -> None:
    """Query a site's search core, and print its answer as JSON.

    Words with = are parameters of Solr's; the others are the query, by default all of it. With wt=csv, or another form,
    the answer is printed as Solr gives it.
    """
    from datacats.cli.documents import Answer  # noqa: PLC0415 - help must not pay for it
    from datacats.cli.render import say  # noqa: PLC0415
    from datacats.workflows.ask import Ask, search  # noqa: PLC0415

    answer = search(Ask(words, environment, site), session.workspace, session.events())
    if session.for_programs:
        session.result(Answer(answer.decode(errors="replace") if isinstance(answer, bytes) else answer), [])
    elif isinstance(answer, bytes):
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
    else:
        say([json.dumps(answer, indent=2, ensure_ascii=False)])
