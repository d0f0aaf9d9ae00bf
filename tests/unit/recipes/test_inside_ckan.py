"""The programs that run inside CKAN, with a CKAN that only remembers what it was asked: tokens, tables, demo data."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.unit.recipes.image_file import load

SCRIPTS = '\\connect "datastore"\nGRANT a;\n\\connect x\nGRANT b;\n'


class Ckan:
    """Answers actions from ``answers``, and keeps every call as (action, context, data)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self.answers: dict[str, Any] = {"get_site_user": {"name": "catstown"}}
        self.commands: list[list[str]] = []
        self.executed: list[str] = []
        self.uploads: list[tuple[str, str, bytes, int]] = []
        self.commits = 0
        self.there: dict[str, list[str]] = {"User": [], "Group": [], "Package": []}
        self.resources: list[SimpleNamespace] = []
        self.tables: list[str] = []
        self.plugins = {"datastore"}
        self.config: dict[str, Any] = {"ckan.datastore.write_url": "postgresql://write"}
        monkeypatch.setenv("CKAN_INI", "/run/datacats/ckan.ini")
        for name, content in self._modules().items():
            module = ModuleType(name)
            vars(module).update(content)
            monkeypatch.setitem(sys.modules, name, module)

    def _modules(self) -> dict[str, dict[str, Any]]:
        application = SimpleNamespace(_wsgi_app=SimpleNamespace(test_request_context=contextlib.nullcontext))
        tables = {name: SimpleNamespace(name=name) for name in self.there}
        tables["Package"].get = lambda _name: SimpleNamespace(resources=self.resources)
        model = SimpleNamespace(
            **tables,
            Session=SimpleNamespace(query=lambda table: [(name,) for name in self.there[table]]),
            parse_db_config=lambda key: {"db_name": f"name of {key}", "db_user": f"user of {key}"},
        )
        return {
            "ckan": {"__version__": "2.12.0", "model": model},
            "ckan.cli": {},
            "ckan.cli.cli": {
                "CtxObject": lambda _ini: SimpleNamespace(app=application),
                "ckan": lambda words, standalone_mode: self.commands.append(
                    [*words, *(["?"] if standalone_mode else [])]
                ),
            },
            "ckan.common": {"config": self.config},
            "ckan.lib": {},
            "ckan.lib.search": {"commit": self._commit},
            "ckan.lib.uploader": {"get_resource_uploader": self._uploader},
            "ckan.plugins": {"plugin_loaded": lambda name: name in self.plugins},
            "ckan.plugins.toolkit": {"get_action": self._action},
            "ckanext": {},
            "ckanext.datastore": {},
            "ckanext.datastore.backend": {"DatastoreBackend": SimpleNamespace(get_active_backend=self._backend)},
            "ckanext.datastore.cli": {"permissions_sql": self._permissions},
            "psycopg2": {"connect": self._connect},
            "werkzeug": {},
            "werkzeug.datastructures": {"FileStorage": lambda stream, filename: (filename, stream.read())},
        }

    def _action(self, name: str) -> Any:
        def act(context: dict[str, Any], data: dict[str, Any]) -> Any:
            self.calls.append((name, context, data))
            answer = self.answers.get(name, {})
            return answer(data) if callable(answer) else answer

        return act

    def _uploader(self, wanted: dict[str, Any]) -> Any:
        name, content = wanted["upload"]
        return SimpleNamespace(
            upload=lambda resource, largest: self.uploads.append((resource, name, content, largest)),
        )

    def _backend(self) -> SimpleNamespace:
        return SimpleNamespace(get_all_ids=lambda: self.tables)

    def package_create(self, data: dict[str, Any]) -> str:
        self.resources += [SimpleNamespace(**{"id": None, "url_type": None, **each}) for each in data["resources"]]
        return "its id"

    def _commit(self) -> None:
        self.commits += 1

    def _permissions(self, **names: str) -> str:
        self.executed.append(json.dumps(names))
        return SCRIPTS

    @contextlib.contextmanager
    def _connect(self, url: str) -> Iterator[Any]:
        self.executed.append(url)
        yield SimpleNamespace(cursor=lambda: contextlib.nullcontext(SimpleNamespace(execute=self.executed.append)))

    def data(self, action: str) -> list[dict[str, Any]]:
        return [data for name, _, data in self.calls if name == action]


@pytest.fixture
def ckan(monkeypatch: pytest.MonkeyPatch) -> Ckan:
    return Ckan(monkeypatch)


def test_a_token_is_made_for_the_sites_own_user_and_stands_alone_on_the_last_line(
    ckan: Ckan, capsys: pytest.CaptureFixture[str]
) -> None:
    ckan.answers |= {"api_token_list": [], "api_token_create": {"token": "abc"}}
    load("web/make_token.py").main("ckanext.xloader.api_token")
    assert capsys.readouterr().out == "abc\n"
    assert ckan.data("api_token_create") == [{"user": "catstown", "name": "ckanext.xloader.api_token"}]
    assert ckan.data("api_token_revoke") == []


def test_an_older_token_of_that_name_ends_and_no_other(ckan: Ckan) -> None:
    ckan.answers |= {
        "api_token_list": [{"name": "mine", "id": "1"}, {"name": "another", "id": "2"}, {"name": "mine", "id": "3"}],
        "api_token_create": {"token": "abc"},
    }
    load("web/make_token.py").main("mine")
    assert ckan.data("api_token_revoke") == [{"jti": "1"}, {"jti": "3"}]
    assert [name for name, _, _ in ckan.calls][-1] == "api_token_create"


def test_no_two_actions_share_a_context_which_ckan_writes_to(ckan: Ckan) -> None:
    ckan.answers |= {"api_token_list": [{"name": "mine", "id": "1"}], "api_token_create": {"token": "abc"}}
    load("web/make_token.py").main("mine")
    assert len({id(context) for _, context, _ in ckan.calls}) == len(ckan.calls)


def test_tables_are_brought_up_by_ckans_own_command_and_so_are_permissions(ckan: Ckan) -> None:
    assert load("web/migrate.py").main() == 0
    assert ckan.commands == [["db", "upgrade"]]
    told, url, statements = ckan.executed
    assert json.loads(told) == {
        "maindb": "name of sqlalchemy.url",
        "datastoredb": "name of ckan.datastore.write_url",
        "mainuser": "user of sqlalchemy.url",
        "writeuser": "user of ckan.datastore.write_url",
        "readuser": "user of ckan.datastore.read_url",
    }
    assert url == "postgresql://write"
    assert statements == "GRANT a;\nGRANT b;"


def test_a_ckan_that_leaves_plugins_tables_to_another_command_is_asked_by_that_too(ckan: Ckan) -> None:
    sys.modules["ckan"].__version__ = "2.10.11"  # type: ignore[attr-defined]
    load("web/migrate.py").main()
    assert ckan.commands == [["db", "upgrade"], ["db", "pending-migrations", "--apply"]]


def test_without_a_datastore_nothing_is_permitted(ckan: Ckan) -> None:
    ckan.plugins.clear()
    load("web/migrate.py").main()
    assert ckan.executed == []


def test_an_index_that_is_made_anew_is_emptied_before_it_is_filled(ckan: Ckan) -> None:
    assert load("web/reindex.py").main() == 0
    assert ckan.commands == [["search-index", "clear"], ["search-index", "rebuild"]]


TABLE = {
    "name": "Cats",
    "description": "All of them",
    "file": "cats.csv",
    "columns": ["name", "lives"],
    "types": ["text", "int"],
    "rows": [["Tom", 9], ["Kitty, the 2nd", 8]],
}


def catalogue() -> dict[str, Any]:
    dataset = {"name": "cats", "tables": [dict(TABLE)], "resources": [{"url": "https://example.org/x"}]}
    return {
        "users": [{"name": "amy"}],
        "organizations": [{"name": "shelter"}],
        "groups": [{"name": "pets"}],
        "datasets": [dataset],
    }


def loaded(ckan: Ckan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    ckan.answers["package_create"] = ckan.package_create
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(catalogue())))
    assert load("web/load_demo.py").main() == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_thing_is_made_and_told_in_an_order_in_which_none_lacks_another(
    ckan: Ckan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loaded(ckan, monkeypatch, capsys) == [
        {"kind": "user", "name": "amy", "made": True},
        {"kind": "organization", "name": "shelter", "made": True},
        {"kind": "group", "name": "pets", "made": True},
        {"kind": "dataset", "name": "cats", "made": True},
    ]


def test_what_has_its_name_already_is_left_alone_and_told_so(
    ckan: Ckan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ckan.there |= {"User": ["amy"], "Group": ["shelter", "pets"], "Package": ["cats"]}
    told = loaded(ckan, monkeypatch, capsys)
    assert [each["made"] for each in told] == [False] * 4
    assert [name for name, _, _ in ckan.calls] == ["get_site_user"]


def test_rows_that_a_run_that_was_cut_did_not_come_to_are_put_into_the_datastore(
    ckan: Ckan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ckan.there |= {"User": ["amy"], "Group": ["shelter", "pets"], "Package": ["cats"]}
    ckan.tables.append("full")
    ckan.resources += [
        SimpleNamespace(id="full", url="cats.csv", url_type="upload"),
        SimpleNamespace(id="empty", url="cats.csv", url_type="upload"),
        SimpleNamespace(id="elsewhere", url="cats.csv", url_type=None),
        SimpleNamespace(id="of the user", url="dogs.csv", url_type="upload"),
    ]
    assert loaded(ckan, monkeypatch, capsys)[-1] == {"kind": "dataset", "name": "cats", "made": False}
    assert [each["resource_id"] for each in ckan.data("datastore_create")] == ["empty"]
    assert ckan.uploads == []


def test_nobody_knows_the_password_of_a_user(
    ckan: Ckan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded(ckan, monkeypatch, capsys)
    loaded(ckan, monkeypatch, capsys)
    passwords = [data["password"] for data in ckan.data("user_create")]
    assert len(set(passwords)) == 2
    assert all(len(password) >= 32 for password in passwords)


def test_the_rows_of_a_table_are_a_file_and_rows_of_the_datastore(
    ckan: Ckan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded(ckan, monkeypatch, capsys)
    (dataset,) = ckan.data("package_create")
    resource = dataset["resources"][-1]["id"]
    assert dataset["resources"] == [
        {"url": "https://example.org/x"},
        {
            "id": resource,
            "format": "CSV",
            "url": "cats.csv",
            "url_type": "upload",
            "name": "Cats",
            "description": "All of them",
            "datastore_active": True,
        },
    ]
    content = b'name,lives\r\nTom,9\r\n"Kitty, the 2nd",8\r\n'
    assert ckan.uploads == [(resource, "cats.csv", content, 10)]
    assert ckan.data("datastore_create") == [
        {
            "resource_id": resource,
            "force": True,
            "calculate_record_count": True,
            "fields": [{"id": "name", "type": "text"}, {"id": "lives", "type": "int"}],
            "records": [{"name": "Tom", "lives": 9}, {"name": "Kitty, the 2nd", "lives": 8}],
        }
    ]


def test_without_a_datastore_the_files_are_there_all_the_same(
    ckan: Ckan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ckan.plugins.clear()
    loaded(ckan, monkeypatch, capsys)
    assert len(ckan.uploads) == 1
    assert [each["datastore_active"] for each in ckan.data("package_create")[0]["resources"][1:]] == [False]
    assert ckan.data("datastore_create") == []


def test_the_search_is_told_once_and_not_for_each_thing(
    ckan: Ckan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded(ckan, monkeypatch, capsys)
    assert (ckan.commits, ckan.config["ckan.search.solr_commit"]) == (1, False)
