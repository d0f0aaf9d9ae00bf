"""What datacats wrote down, damaged in each place: the file and the field are named, and nothing is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.errors import ConfigError
from datacats.model.environment import Phase
from datacats.store import documents, layer, locate, site_file
from datacats.store.root import DataRoot, content, existing_root, open_root
from tests.unit.builders import ENVIRONMENT, SITE

OWNER = (1000, 1000)
DIRECTORY = ENVIRONMENT.site_directory("primary")
HOME = ENVIRONMENT.data.parent
ENV = {"DATACATS_HOME": str(HOME)}
FIELDS = (
    "port",
    "subnets",
    "images",
    "address",
    "site_url",
    "mode",
    "phase",
    "datastore",
    "low_memory",
    "previous",
)
NUMBER, TEXT, LIST, TABLE, NOTHING = 7, "cats", ["cats"], {"cats": "cats"}, None


@pytest.fixture
def disk() -> FakeDisk:
    made = FakeDisk()
    made.make_directory(DIRECTORY, 0o700, OWNER)
    site_file.write(made, ENVIRONMENT, SITE, OWNER)
    site_file.ensure_secrets(made, ENVIRONMENT, "primary", OWNER)
    return made


def change(disk: FakeDisk, path: Path, **fields: Any) -> None:
    record = {**json.loads(disk.read(path)), **fields}
    disk.add(path, json.dumps(record).encode(), 0o600)


def drop(disk: FakeDisk, path: Path, field: str) -> None:
    record = json.loads(disk.read(path))
    del record[field]
    disk.add(path, json.dumps(record).encode(), 0o600)


def refusal(read: Any, path: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read()
    assert caught.value.message.startswith(f"{path} is damaged: ")
    assert caught.value.hint.startswith("Restore it from a backup.")
    return caught.value


def read_site(disk: FakeDisk) -> ConfigError:
    return refusal(lambda: site_file.read(disk, ENVIRONMENT, "primary"), DIRECTORY / "site.json")


def read_secrets(disk: FakeDisk) -> ConfigError:
    return refusal(lambda: site_file.read_secrets(disk, ENVIRONMENT, "primary"), DIRECTORY / "secrets.json")


@pytest.mark.parametrize("field", FIELDS)
def test_a_site_without_one_of_its_fields_is_refused_by_that_field(disk: FakeDisk, field: str) -> None:
    drop(disk, DIRECTORY / "site.json", field)
    assert field in read_site(disk).message


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(("port", each) for each in ("5716", 57.16, True, LIST, NOTHING)),
        *(("subnets", each) for each in (NUMBER, TEXT, LIST, ["10.213.0.0/27"], ["a", "b"], NOTHING)),
        ("subnets", ["10.213.0.0/27", "10.213.0.32/27", "10.213.0.64/27"]),
        *(("images", each) for each in (NUMBER, TEXT, LIST, TABLE, {"web": "datacats/web:1"}, NOTHING)),
        *(("address", each) for each in (NUMBER, TEXT, "", LIST, NOTHING)),
        *(("site_url", each) for each in (NUMBER, LIST, NOTHING)),
        *(("mode", each) for each in (NUMBER, TEXT, "Production", "", NOTHING)),
        *(("phase", each) for each in (NUMBER, TEXT, "", NOTHING)),
        *(("placement", each) for each in (NUMBER, TEXT, NOTHING)),
        *(("datastore", each) for each in ("false", 0, NOTHING)),
        *(("low_memory", each) for each in ("false", 1, NOTHING)),
        *(("debugger", each) for each in ("false", 1, NOTHING)),
        *(("profile", each) for each in ("false", 1, NOTHING)),
        *(("port_chosen", each) for each in ("false", 1, NOTHING)),
        *(("previous", each) for each in (NUMBER, TEXT, TABLE)),
    ],
)
def test_a_field_of_another_kind_is_never_taken_for_something_else(disk: FakeDisk, field: str, wrong: Any) -> None:
    change(disk, DIRECTORY / "site.json", **{field: wrong})
    read_site(disk)


def test_a_text_that_says_false_does_not_switch_the_datastore_on(disk: FakeDisk) -> None:
    change(disk, DIRECTORY / "site.json", datastore="false")
    assert "'datastore' is of the type str, not bool" in read_site(disk).message


@pytest.mark.parametrize("field", [field for field in FIELDS if field not in {"previous", "site_url"}])
def test_a_field_of_a_site_is_read_back_as_the_file_says(disk: FakeDisk, field: str) -> None:
    other: dict[str, Any] = {
        "port": 5001,
        "subnets": ["10.1.0.0/27", "10.1.0.32/27"],
        "images": dict.fromkeys(("web", "postgres", "search", "redis"), "here:5000/x:1"),
        "address": "::1",
        "mode": "production",
        "phase": "rolling back",
        "datastore": False,
        "low_memory": True,
    }
    change(disk, DIRECTORY / "site.json", **{field: other[field]})
    before, after = SITE, site_file.read(disk, ENVIRONMENT, "primary")
    changed = [name for name in before.__slots__ if getattr(before, name) != getattr(after, name)]
    assert changed == [field]


@pytest.mark.parametrize(("field", "usual"), [("debugger", False), ("profile", False), ("port_chosen", True)])
def test_a_site_from_before_a_choice_is_what_every_site_was_then(disk: FakeDisk, field: str, usual: object) -> None:
    drop(disk, DIRECTORY / "site.json", field)
    assert getattr(site_file.read(disk, ENVIRONMENT, "primary"), field) == usual


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_of_a_site_survives_being_written_down(disk: FakeDisk, phase: Phase) -> None:
    change(disk, DIRECTORY / "site.json", phase=str(phase))
    assert site_file.read(disk, ENVIRONMENT, "primary").phase is phase


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[1]", "7", "null", '"x"', "{}", '{"layout": "1"}', '{"layout": null}']
)
def test_what_is_no_document_is_no_site(disk: FakeDisk, text: str) -> None:
    disk.add(DIRECTORY / "site.json", text.encode())
    read_site(disk)


def test_bytes_that_are_no_text_are_no_site(disk: FakeDisk) -> None:
    disk.add(DIRECTORY / "site.json", b"\xff\xfe\x00\x81")
    read_site(disk)


@pytest.mark.parametrize("field", ["ckan", "datastore_ro", "redis", "secret_key", "jwt", "beaker"])
@pytest.mark.parametrize("wrong", ["", None, 7, ["x"], {}], ids=repr)
def test_a_secret_that_is_empty_or_no_text_is_never_used(disk: FakeDisk, field: str, wrong: Any) -> None:
    change(disk, DIRECTORY / "secrets.json", **{field: wrong})
    assert repr(field) in read_secrets(disk).message


@pytest.mark.parametrize("field", ["ckan", "datastore_ro", "redis", "secret_key", "jwt", "beaker"])
def test_a_secret_that_is_lost_is_not_made_anew_behind_ones_back(disk: FakeDisk, field: str) -> None:
    drop(disk, DIRECTORY / "secrets.json", field)
    path = DIRECTORY / "secrets.json"
    before = disk.read(path)
    error = refusal(lambda: site_file.ensure_secrets(disk, ENVIRONMENT, "primary", OWNER), path)
    assert repr(field) in error.message
    assert disk.read(path) == before


def test_a_secret_that_nobody_knows_is_refused(disk: FakeDisk) -> None:
    change(disk, DIRECTORY / "secrets.json", smtp="x")
    assert "smtp" in read_secrets(disk).message


def test_what_is_said_about_a_damaged_secret_shows_none(disk: FakeDisk) -> None:
    secrets = json.loads(disk.read(DIRECTORY / "secrets.json"))
    change(disk, DIRECTORY / "secrets.json", redis=[secrets["redis"]])
    message = read_secrets(disk).message
    assert not [value for value in secrets.values() if isinstance(value, str) and value in message]


def test_tokens_are_read_back_and_none_are_where_there_is_no_file(disk: FakeDisk) -> None:
    assert site_file.read_tokens(disk, ENVIRONMENT, "primary") == {}
    path, text = site_file.tokens(ENVIRONMENT, "primary", {"ckanext.xloader.api_token": "abc"})
    disk.add(path, text)
    assert site_file.read_tokens(disk, ENVIRONMENT, "primary") == {"ckanext.xloader.api_token": "abc"}


@pytest.mark.parametrize("wrong", [{"a": ""}, {"a": None}, {"a": 7}, ["a"], "a", None], ids=repr)
def test_tokens_that_are_none_are_refused(disk: FakeDisk, wrong: Any) -> None:
    path, text = site_file.tokens(ENVIRONMENT, "primary", {})
    disk.add(path, text)
    change(disk, path, tokens=wrong)
    refusal(lambda: site_file.read_tokens(disk, ENVIRONMENT, "primary"), path)


@pytest.mark.parametrize(
    ("field", "wrong"), [("port", "5716"), ("port", None), ("subnets", []), ("subnets", ["x", "y"]), ("subnets", 3)]
)
def test_a_promise_that_cannot_be_read_is_no_promise_of_something_else(disk: FakeDisk, field: str, wrong: Any) -> None:
    change(disk, DIRECTORY / "site.json", **{field: wrong})
    refusal(lambda: site_file.promise(disk, ENVIRONMENT.data, "primary"), DIRECTORY / "site.json")


def test_a_half_made_site_has_no_promise(disk: FakeDisk) -> None:
    assert site_file.promise(disk, ENVIRONMENT.data, "other") is None
    assert site_file.promise(disk, ENVIRONMENT.data, "primary") == site_file.Promise(SITE.port, SITE.subnets)


def test_only_directories_that_hold_a_record_are_sites(disk: FakeDisk) -> None:
    disk.make_directory(ENVIRONMENT.site_directory("half-made"), 0o700, OWNER)
    assert site_file.names(disk, ENVIRONMENT) == ("primary",)
    assert not site_file.exists(disk, ENVIRONMENT, "half-made")
    assert site_file.exists(disk, ENVIRONMENT, "primary")


@pytest.mark.parametrize("wrong", [None, 7, ["x"]], ids=repr)
def test_a_data_directory_that_does_not_say_whose_it_is_is_refused(disk: FakeDisk, wrong: Any) -> None:
    locate.record_source(disk, ENVIRONMENT, OWNER)
    path = ENVIRONMENT.data / locate.FILE
    change(disk, path, source=wrong)
    root = DataRoot(HOME, "uuid-1")
    refusal(lambda: locate.recorded_source(disk, root, "catstown"), path)


@pytest.mark.parametrize("wrong", [None, 7], ids=repr)
def test_a_layer_that_is_no_digest_is_refused(disk: FakeDisk, wrong: Any) -> None:
    path, text = layer.pointer(ENVIRONMENT, "abc")
    disk.add(path, text)
    assert layer.current(disk, ENVIRONMENT) == "abc"
    change(disk, path, layer=wrong)
    refusal(lambda: layer.current(disk, ENVIRONMENT), path)


@pytest.mark.parametrize("wrong", [None, 7], ids=repr)
def test_a_data_root_without_a_uuid_owns_nothing(disk: FakeDisk, wrong: Any) -> None:
    disk.add(HOME / "root.json", content("uuid-1"))
    assert existing_root(disk, ENV) == DataRoot(HOME, "uuid-1")
    change(disk, HOME / "root.json", uuid=wrong)
    for read in (open_root, existing_root):
        refusal(lambda read=read: read(disk, ENV), HOME / "root.json")


def test_looking_for_a_data_root_makes_none() -> None:
    disk = FakeDisk()
    assert existing_root(disk, ENV) is None
    assert disk.changes == []


def test_of_two_that_open_a_new_data_root_at_once_both_get_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FakeDisk()
    lock = disk.lock

    def late(path: Path, what: str, *, wait: float) -> Any:
        disk.add(HOME / "root.json", content("the other's"))
        return lock(path, what, wait=wait)

    monkeypatch.setattr(disk, "lock", late)
    assert open_root(disk, ENV).uuid == "the other's"


def test_a_document_is_closed_to_others_and_belongs_to_whom_it_is_written_for() -> None:
    disk = FakeDisk()
    disk.make_directory(HOME, 0o700, OWNER)
    documents.write(disk, HOME / "x.json", {"a": 1}, (5, 6))
    entry = disk.entry(HOME / "x.json")
    assert entry is not None
    assert (entry.mode, entry.uid, entry.gid) == (0o600, 5, 6)
    assert json.loads(disk.read(HOME / "x.json")) == {"layout": 1, "a": 1}
