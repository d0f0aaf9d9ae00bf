"""How each service is asked how it is, and what its answer says: one command or page each, that ends soon.

Unlike a probe nothing here waits: a service that does not answer at once is told to be so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from datacats.model.environment import Site, reachable
from datacats.model.ports import Answer, Completed
from datacats.model.sign import PATIENCE, Queue, Sign
from datacats.services import mail, postgres, redis, solr

PAGE = "/api/3/action/status_show"
"""It asks CKAN and its database, needs nobody to be signed in, and names the version."""

SILENT = f"no answer within {PATIENCE} s"

_TIMED_OUT = 124
_OK, _CLIENT_ERROR = 200, 400
_CLOSED = {401, 403}
_KEPT = 200
_WHERE = re.compile(r"^(bash|query|sh|psql)(:<stdin>:\d+)?: (line \d+: )?(error: )?")
"""Where in a script the shell was, or psql, that says why something failed."""

_SQL = b"""\
SELECT 'version ' || split_part(current_setting('server_version'), ' ', 1);
SELECT to_regclass('public.package') IS NOT NULL AS there \\gset
\\if :there
SELECT 'datasets ' || count(*) FROM package WHERE state = 'active';
\\endif
"""

_SOLR = """\
for jar in /opt/solr/lib/solr-core-*.jar; do jar=${jar##*-}; echo "version ${jar%.jar}"; done
"""

_QUEUES = (
    "local told = {} "
    "for _, key in ipairs(redis.call('SMEMBERS', 'rq:queues')) do "
    "local name = string.sub(key, 10) "
    "local failed = redis.call('ZCARD', 'rq:failed:' .. name) "
    "table.insert(told, 'queue ' .. redis.call('LLEN', key) .. ' ' .. failed .. ' ' .. name) "
    "end "
    "for _, key in ipairs(redis.call('SMEMBERS', 'rq:workers')) do "
    "local names = redis.call('HGET', key, 'queues') or '' "
    "table.insert(told, 'worker ' .. string.sub(key, 11) .. ' ' .. names) "
    "end "
    "return told"
)

_REDIS = f"""\
PING
INFO server
CLIENT LIST
EVAL "{_QUEUES}" 0
""".encode()

_MAIL_PORT = 1025
_MAIL = """\
exec 3<> /dev/tcp/127.0.0.1/{port} && read -r line <&3 && printf 'QUIT\\r\\n' >&3 && [[ $line == 220* ]]"""


@dataclass(frozen=True, slots=True)
class Question:
    """A command that, inside a service's container, has it say how it is, and how the answer is read."""

    command: tuple[str, ...]
    read: Callable[[str], Sign]
    stdin: bytes = b""


def question(service: str, site_id: str) -> Question | None:
    """Return what a service is asked inside its container; None where it is asked elsewhere or has no words."""
    soon = ("timeout", str(PATIENCE))
    if service == postgres.SERVICE:
        command = ("psql", "-v", "ON_ERROR_STOP=1", "-XqAt", "-d", "ckan")
        return Question((*soon, *command), _of_lines, _SQL)
    if service == solr.SERVICE:
        bash, flag, script, *words = solr.query(_active(site_id))
        return Question((*soon, bash, flag, _SOLR + script, *words), _of_solr)
    if service == redis.SERVICE:
        return Question((*soon, *redis.client(())), _of_redis, _REDIS)
    if service == mail.SERVICE:
        return Question((*soon, "bash", "-c", _MAIL.format(port=_MAIL_PORT)), lambda _: Sign(well=True))
    return None


def answered(question: Question, done: Completed) -> Sign:
    """Return what the end of a question's command says."""
    if done.exit_code == 0:
        return question.read(done.stdout.decode(errors="replace"))
    if done.exit_code == _TIMED_OUT:
        return Sign(well=False, said=SILENT)
    told = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    return Sign(well=False, said=_WHERE.sub("", told[0])[:_KEPT] if told else f"status {done.exit_code}")


def page(site: Site) -> str:
    """Return the address of the page that web is asked for."""
    return f"http://{reachable(site.address)}:{site.port}{PAGE}"


def of_page(answer: Answer) -> Sign:
    """Return what web's answer says. A page that is closed to strangers was answered too."""
    if _OK <= answer.status < _CLIENT_ERROR or answer.status in _CLOSED:
        return Sign(well=True, version=_version(answer.body))
    return Sign(well=False, said=f"status {answer.status}" if answer.status else answer.reason or "no answer")


def _version(body: bytes) -> str:
    """A site may hide its version (``ckan.hide_version``), or answer with a page."""
    try:
        told = json.loads(body)["result"]["ckan_version"]
    except (ValueError, LookupError, TypeError):
        return ""
    return str(told)


def _active(site_id: str) -> str:
    """CKAN indexes private datasets as well, and drafts; the index may hold those of another site's id."""
    wanted = ("entity_type:package", "state:active", f'site_id:"{site_id}"')
    return urlencode([("q", "*:*"), *(("fq", f"+{each}") for each in wanted), ("rows", "0"), ("wt", "json")])


def _of_lines(text: str) -> Sign:
    told = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    datasets = told.get("datasets", "")
    return Sign(well=True, version=told.get("version", ""), datasets=int(datasets) if datasets.isdecimal() else None)


def _of_solr(text: str) -> Sign:
    found = re.search(r'"numFound":\s*(\d+)', text)
    return replace(_of_lines(text), datasets=int(found[1]) if found else None)


def _of_redis(text: str) -> Sign:
    lines = text.splitlines()
    if lines and lines[0] != "PONG":
        return Sign(well=False, said=lines[0][:_KEPT])
    version = next((line.partition(":")[2] for line in lines if line.startswith("redis_version:")), "")
    return Sign(well=True, version=version.strip(), queues=tuple(_queues(lines)) if lines else None)


def _queues(lines: list[str]) -> Iterator[Queue]:
    """A worker that was killed stays listed for minutes; one that lives has a connection of its name."""
    connected = {found[1] for line in lines if (found := re.search(r"^id=.* name=(\S+) ", line))}
    workers = [line.split(" ", 2)[1:] for line in lines if line.startswith("worker ")]
    listening = [names.split(",") for name, names in workers if name in connected]
    waiting = _counts(lines)
    for name in sorted({*waiting, *(name for names in listening for name in names if name)}):
        yield Queue(_short(name), *waiting.get(name, (0, 0)), workers=sum(name in names for names in listening))


def _counts(lines: list[str]) -> Mapping[str, tuple[int, int]]:
    told = (line.split(" ", 3)[1:] for line in lines if line.startswith("queue "))
    return {name: (int(waiting), int(failed)) for waiting, failed, name in told}


def _short(name: str) -> str:
    """CKAN puts ``ckan:SITE_ID:`` before the names of its queues."""
    return name.split(":", 2)[2] if name.startswith("ckan:") and name.count(":") > 1 else name
