"""Loads a catalogue from standard input through CKAN's API; what is there already is left alone.

Input: JSON with ``users``, ``organizations``, ``groups``, ``datasets``. Output: a line of JSON for each thing.
"""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import csv
import io
import json
import os
import secrets
import sys
import uuid
from collections.abc import Callable
from typing import Any

from ckan import model  # type: ignore[import-not-found]
from ckan.cli.cli import CtxObject  # type: ignore[import-not-found]
from ckan.common import config  # type: ignore[import-not-found]
from ckan.lib.search import commit  # type: ignore[import-not-found]
from ckan.lib.uploader import get_resource_uploader  # type: ignore[import-not-found]
from ckan.plugins import plugin_loaded  # type: ignore[import-not-found]
from ckan.plugins.toolkit import get_action  # type: ignore[import-not-found]
from ckanext.datastore.backend import DatastoreBackend  # type: ignore[import-not-found]
from werkzeug.datastructures import FileStorage  # type: ignore[import-not-found]

Record = dict[str, Any]

LARGEST = 10
"""MB that an uploaded file may have: CKAN's own default."""


class Loader:
    """Creates things as the site's own user, each only where nothing has its name."""

    def __init__(self) -> None:
        self.user = get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        self.datastore = plugin_loaded("datastore")

    def call(self, action: str, data: Record, **told: Any) -> Any:  # noqa: ANN401 - whatever CKAN answers
        """Call an action with a context of its own."""
        context = {"user": self.user, "ignore_auth": True, "model": model, **told}
        return get_action(action)(context, data)

    def make(self, kind: str, record: Record, create: Callable[[Record], object], names: set[str]) -> None:
        """Create one thing, unless its name is there, and tell which it was."""
        there = record["name"] in names
        if not there:
            create(record)
        tell(kind, record["name"], made=not there)

    def user_create(self, record: Record) -> None:
        """Create a user whose password nobody knows."""
        self.call("user_create", {**record, "password": secrets.token_urlsafe(24)})

    def dataset(self, record: Record, names: set[str], filled: set[str]) -> None:
        """Create a dataset with the files of its tables, and put into the DataStore what of their rows is not there.

        A run that was cut may have made a dataset and not filled it; its files come first, so they are there.
        """
        there = record["name"] in names
        tables = {each["file"]: each for each in record.pop("tables")}
        if not there:
            about = [self.file(each) for each in tables.values()]
            self.call("package_create", {**record, "resources": [*record["resources"], *about]}, return_id_only=True)
        if self.datastore:
            for resource in model.Package.get(record["name"]).resources:
                if resource.url_type == "upload" and resource.url in tables and resource.id not in filled:
                    self.rows(resource.id, tables[resource.url])
        tell("dataset", record["name"], made=not there)

    def file(self, table: Record) -> Record:
        """Store a table as an uploaded file, and return the resource that is to have it.

        It says of itself already that it is in the DataStore: CKAN would else update its dataset once more, for it
        alone, which was two fifths of the time that the catalogue took.
        """
        resource = str(uuid.uuid4())
        get_resource_uploader({"upload": upload(table)}).upload(resource, LARGEST)
        return {
            "id": resource,
            "name": table["name"],
            "description": table["description"],
            "format": "CSV",
            "url": table["file"],
            "url_type": "upload",
            "datastore_active": self.datastore,
        }

    def rows(self, resource: str, table: Record) -> None:
        """Put the rows of a table into the DataStore, counted: else CKAN leaves a job for each to the worker."""
        self.call(
            "datastore_create",
            {
                "resource_id": resource,
                "force": True,
                "calculate_record_count": True,
                "fields": [
                    {"id": name, "type": kind} for name, kind in zip(table["columns"], table["types"], strict=True)
                ],
                "records": [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]],
            },
        )

    def filled(self) -> set[str]:
        """Return the resources that have a table in the DataStore."""
        return set(DatastoreBackend.get_active_backend().get_all_ids()) if self.datastore else set()


def tell(kind: str, name: str, *, made: bool) -> None:
    """Say on standard output that a thing is there now."""
    sys.stdout.write(json.dumps({"kind": kind, "name": name, "made": made}) + "\n")
    sys.stdout.flush()


def upload(table: Record) -> FileStorage:
    """Return a table as a CSV file that is uploaded."""
    content = io.StringIO(newline="")
    csv.writer(content).writerows([table["columns"], *table["rows"]])
    return FileStorage(io.BytesIO(content.getvalue().encode()), filename=table["file"])


def names(table: Any) -> set[str]:  # noqa: ANN401 - a class of CKAN's
    """Return every name in a table of CKAN's, deleted things included: a name is used once."""
    return {name for (name,) in model.Session.query(table.name)}


def load(catalogue: Record) -> None:
    """Load all of it, users first, and show it to the search at the end."""
    loader = Loader()
    users = names(model.User)
    for each in catalogue["users"]:
        loader.make("user", each, loader.user_create, users)
    groups = names(model.Group)
    for each in catalogue["organizations"]:
        loader.make("organization", each, lambda record: loader.call("organization_create", record), groups)
    for each in catalogue["groups"]:
        loader.make("group", each, lambda record: loader.call("group_create", record), groups)
    datasets, filled = names(model.Package), loader.filled()
    for each in catalogue["datasets"]:
        loader.dataset(each, datasets, filled)
    commit()


def main() -> int:
    """Read the catalogue and load it."""
    application = CtxObject(os.environ["CKAN_INI"]).app
    with application._wsgi_app.test_request_context():  # noqa: SLF001 - as CKAN's own commands do
        config["ckan.search.solr_commit"] = False
        load(json.load(sys.stdin))
    return 0


if __name__ == "__main__":
    sys.exit(main())
