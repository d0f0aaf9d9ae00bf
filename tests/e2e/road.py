"""The main road of every user: what is put in a site, and where it must be found again."""

from __future__ import annotations

from dataclasses import dataclass

from tests.e2e.ckan import Ckan

CSV = b"city,cats\nCatstown,1200\nDogville,3\n"


@dataclass(frozen=True)
class Dataset:
    """A dataset with an uploaded file, by its path, and a table of the DataStore."""

    file: str
    table: str


def put_in(ckan: Ckan) -> Dataset:
    """Put an organization, a dataset, a file and a table into a site."""
    ckan.action("organization_create", name="shelter", title="The Shelter")
    made = ckan.action("package_create", name="cat-census", title="Census of whiskers", owner_org="shelter")
    resource = ckan.upload(made["id"], "cats.csv", CSV)
    fields = [{"id": "city", "type": "text"}, {"id": "cats", "type": "int"}]
    rows = [{"city": "Catstown", "cats": 1200}, {"city": "Dogville", "cats": 3}]
    table = ckan.action("datastore_create", resource={"package_id": made["id"]}, fields=fields, records=rows)
    return Dataset(resource["url"].removeprefix(ckan.url.rstrip("/")), table["resource_id"])


def assert_all_there(ckan: Ckan, dataset: Dataset) -> None:
    """The dataset is found by its words, the file has its bytes, the table its rows."""
    found = ckan.action("package_search", q="whiskers")
    assert [each["name"] for each in found["results"]] == ["cat-census"]
    assert ckan.get(dataset.file) == (200, CSV.decode())
    rows = ckan.action("datastore_search", resource_id=dataset.table, filters={"city": "Dogville"})
    assert [row["cats"] for row in rows["records"]] == [3]
