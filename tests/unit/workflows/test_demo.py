"""The demo catalogue: realistic, complete in itself, and the same for everybody."""

from __future__ import annotations

import re

from datacats.workflows.demo.catalogue import catalogue


def test_it_is_the_same_every_time() -> None:
    assert catalogue() == catalogue()
    assert catalogue()["datasets"][0]["tables"][0]["rows"][0] == ["2022-01", 34.0, 54.3]


def test_it_has_two_hundred_datasets_with_names_that_ckan_takes() -> None:
    names = [each["name"] for each in catalogue()["datasets"]]
    assert len(names) == len(set(names)) == 200
    assert all(re.fullmatch(r"[a-z0-9-]{2,100}", name) for name in names)


def test_every_dataset_belongs_to_an_organization_and_a_group_that_are_in_it() -> None:
    made = catalogue()
    organizations = {each["name"] for each in made["organizations"]}
    groups = {each["name"] for each in made["groups"]}
    for dataset in made["datasets"]:
        assert dataset["owner_org"] in organizations
        assert {each["name"] for each in dataset["groups"]} <= groups
    assert {each["owner_org"] for each in made["datasets"]} == organizations


def test_every_organization_has_an_admin_an_editor_and_a_member_that_are_in_it() -> None:
    made = catalogue()
    users = {each["name"] for each in made["users"]}
    for organization in made["organizations"]:
        assert [each["capacity"] for each in organization["users"]] == ["admin", "editor", "member"]
        assert {each["name"] for each in organization["users"]} <= users


def test_rows_of_a_table_are_small_and_fit_their_columns() -> None:
    for dataset in catalogue()["datasets"]:
        (table,) = dataset["tables"]
        assert len(table["rows"]) == 36
        assert {len(row) for row in table["rows"]} == {len(table["columns"])} == {len(table["types"])}


def test_a_few_datasets_are_private_and_no_user_has_a_known_password() -> None:
    made = catalogue()
    assert sum(each["private"] for each in made["datasets"]) == 5
    assert not [each for each in made["users"] if "password" in each]
