"""PostgreSQL: both databases of a site, reached by roles with passwords over the internal network only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from datacats.model import labels
from datacats.model.environment import SiteContext
from datacats.model.hashing import scram_verifier
from datacats.model.names import container_name
from datacats.model.secrets import Secrets
from datacats.model.service import ContainerSpec, Limits, ServiceSpec
from datacats.services.common import memory, on_back, part, restart, service_labels

if TYPE_CHECKING:
    from datacats.model.plan import RunSql

SERVICE = "postgres"
HOME = "/var/lib/postgresql"
DATA = f"{HOME}/data"
SOCKETS = "/run/postgresql"

COMMAND = ("flock", "-n", "-E", "75", "-F", f"{HOME}/lock", "postgres", "-D", DATA)
"""``flock -F`` becomes PostgreSQL, which keeps the lock for its life: a second one on this directory cannot start."""

INITIALISE = ("/usr/lib/datacats/initdb", DATA)

_PSQL = "psql -v ON_ERROR_STOP=1 -X -q -At -U postgres -h " + SOCKETS
_RUN_SQL = f"""\
for attempt in $(seq 1500); do
  if pg_isready -q -h {SOCKETS}; then exec {_PSQL} "$@"; fi
  sleep 0.04
done
pg_isready -h {SOCKETS} >&2
exit 3"""

_LOAD = f"""\
set -e -o pipefail
kind=$(head -c 5; printf x)
if [ "$kind" = x ]; then
  echo 'The dump is empty.' >&2
  exit 4
elif [ "$kind" = PGDMPx ]; then
  (printf PGDMP; cat) | pg_restore --exit-on-error --single-transaction --no-owner --no-acl --role=ckan \\
    -U postgres -h {SOCKETS} -d "$1"
else
  (printf 'SET ROLE ckan;\\n%s' "${{kind%x}}"; cat) | {_PSQL} -1 -d "$1" > /dev/null
fi
if [ -n "$2" ] && [ -z "$({_PSQL} -d "$1" -c "SELECT to_regclass('public.$2')")" ]; then
  echo "The dump holds no table $2: it is not of CKAN's database." >&2
  exit 4
fi"""

_ROLES = """\
ALTER ROLE ckan PASSWORD '{ckan}';
ALTER ROLE datastore_ro PASSWORD '{datastore_ro}';
"""

_FIRST_ROLES = """\
CREATE ROLE ckan LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE datastore_ro LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE ckan OWNER ckan;
CREATE DATABASE datastore OWNER ckan;
REVOKE CONNECT ON DATABASE ckan FROM PUBLIC;
REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE ckan TO ckan;
"""


def container(context: SiteContext) -> str:
    """The name of the site's PostgreSQL container."""
    return container_name(SERVICE, context.environment.name, context.site.name)


def describe(context: SiteContext) -> ServiceSpec:
    """Describe PostgreSQL. It stops by SIGINT (fast shutdown) and may take a minute for its checkpoint."""
    spec = ContainerSpec(
        name=container(context),
        image=context.site.images.postgres,
        command=COMMAND,
        user=context.user,
        mounts=(part(context, SERVICE, HOME),),
        tmpfs={SOCKETS: "mode=1777,size=1m", "/tmp": "mode=1777,size=64m"},  # noqa: S108 - a path in the container
        networks=on_back(context, SERVICE),
        restart=restart(context),
        limits=Limits(memory=memory(context, 1024, 512), shm=256),
        stop_signal="SIGINT",
        stop_grace=60,
        hostname=SERVICE,
        labels=service_labels(context, SERVICE),
    )
    return ServiceSpec(SERVICE, spec)


def initialise(context: SiteContext) -> ContainerSpec:
    """Describe the one-off container that makes a new cluster."""
    spec = describe(context).container
    marks = {key: value for key, value in spec.labels.items() if key != labels.SERVICE}
    return replace(
        spec,
        name="",
        command=INITIALISE,
        auto_remove=True,
        restart="no",
        labels={**marks, labels.ONE_OFF: "initialise"},
    )


def sql_command(database: str, *options: str) -> tuple[str, ...]:
    """The command that, inside the container, waits for the server and runs the SQL on its standard input."""
    return ("bash", "-c", _RUN_SQL, "sql", *options, "-d", database)


def run_sql(context: SiteContext, database: str, sql: str, *, what: str, cause: str) -> RunSql:
    """Run SQL in one transaction as the superuser."""
    return _run_sql(context, sql_command(database, "-1"), sql, what=what, cause=cause)


def statements(context: SiteContext, database: str, sql: str, *, what: str, cause: str) -> RunSql:
    """Run SQL statement by statement: for those that a transaction cannot hold."""
    return _run_sql(context, sql_command(database), sql, what=what, cause=cause)


def _run_sql(context: SiteContext, command: tuple[str, ...], sql: str, *, what: str, cause: str) -> RunSql:
    from datacats.model.plan import RunSql  # noqa: PLC0415 - a command in a spare is described without any plan

    return RunSql(container=container(context), command=command, sql=sql, what=what, cause=cause)


def first_roles(context: SiteContext, secrets: Secrets, *, cause: str) -> RunSql:
    """Make the roles and databases of a new cluster."""
    return statements(context, "postgres", first_roles_sql(secrets), what="roles and databases", cause=cause)


def first_roles_sql(secrets: Secrets) -> str:
    """The SQL that makes the roles and databases of a new cluster."""
    return _FIRST_ROLES + roles_sql(secrets)


def passwords(context: SiteContext, secrets: Secrets, *, cause: str) -> RunSql:
    """Give the roles the passwords that the site's other services know."""
    return run_sql(context, "postgres", roles_sql(secrets), what="role passwords", cause=cause)


def psql(database: str, words: Sequence[str]) -> tuple[str, ...]:
    """The command that, inside the container, runs psql as the role that CKAN has. It keeps no history."""
    return ("psql", "-v", "HISTFILE=/dev/null", "-h", SOCKETS, "-U", "ckan", "-d", database, *words)


def dump_command(database: str) -> tuple[str, ...]:
    """The command that, inside the container, writes a database to its standard output."""
    return ("pg_dump", "-Fc", "-U", "postgres", "-h", SOCKETS, "-d", database)


def load_command(database: str, table: str = "") -> tuple[str, ...]:
    """The command that, inside the container, loads a dump of either kind from its standard input, or nothing of it.

    It fails for an empty dump, and for one without ``table`` where one is named.
    """
    return ("bash", "-c", _LOAD, "load", database, table)


def roles_sql(secrets: Secrets) -> str:
    """The SQL that gives the roles their passwords."""
    return _ROLES.format(ckan=scram_verifier(secrets.ckan), datastore_ro=scram_verifier(secrets.datastore_ro))
