"""Bring both databases to the state that this image's CKAN wants. Doing it again changes nothing."""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import sys

import psycopg2  # type: ignore[import-untyped]
from ckan import __version__, model  # type: ignore[import-not-found]
from ckan.cli.cli import ckan  # type: ignore[import-not-found]
from ckan.common import config  # type: ignore[import-not-found]
from ckan.plugins import plugin_loaded  # type: ignore[import-not-found]


def main() -> int:
    """Create or upgrade CKAN's and the plugins' tables, then the datastore's functions and permissions."""
    ckan(["db", "upgrade"], standalone_mode=False)
    if __version__.startswith("2.10."):  # later ones do the plugins' along with their own
        ckan(["db", "pending-migrations", "--apply"], standalone_mode=False)
    if plugin_loaded("datastore"):
        permit_datastore()
    return 0


def permit_datastore() -> None:
    """Run what ``ckan datastore set-permissions`` prints; the owner of both databases may."""
    from ckanext.datastore.cli import permissions_sql  # type: ignore[import-not-found]  # noqa: PLC0415

    main_url = model.parse_db_config("sqlalchemy.url")
    write_url = model.parse_db_config("ckan.datastore.write_url")
    read_url = model.parse_db_config("ckan.datastore.read_url")
    sql = permissions_sql(
        maindb=main_url["db_name"],
        datastoredb=write_url["db_name"],
        mainuser=main_url["db_user"],
        writeuser=write_url["db_user"],
        readuser=read_url["db_user"],
    )
    statements = "\n".join(line for line in sql.splitlines() if not line.startswith("\\connect"))
    with psycopg2.connect(config["ckan.datastore.write_url"]) as connection, connection.cursor() as cursor:
        cursor.execute(statements)


if __name__ == "__main__":
    sys.exit(main())
