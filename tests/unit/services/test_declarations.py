"""The container that tells what CKAN declares, and the program in it, with a CKAN that declares a few settings."""

from __future__ import annotations

import importlib
import io
import json
import sys
from dataclasses import dataclass, field, replace
from enum import Flag, auto
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from datacats.model import labels
from datacats.services import declarations, web
from tests.unit.builders import context

PROGRAM = "datacats.services.inside.declare"


class Marks(Flag):
    """CKAN's flags."""

    internal = auto()
    required = auto()


class Key(tuple[str, ...]):
    """CKAN's name of a setting."""

    __slots__ = ()

    def __str__(self) -> str:
        return ".".join(self)


class Pattern(Key):
    """The same of a family of settings."""

    __slots__ = ()


@dataclass
class Option:
    """CKAN's declaration of one setting."""

    default: Any = None
    description: str | None = None
    example: Any = None
    legacy_key: str | None = None
    validators: str = ""
    flags: Marks = field(default_factory=lambda: Marks(0))

    def has_default(self) -> bool:
        return self.default is not None

    def str_value(self) -> str:
        return str(self.default)

    def get_validators(self) -> str:
        return self.validators

    def has_flag(self, flag: Marks) -> bool:
        return bool(self.flags & flag)


class Declaration:
    """CKAN's collection of them; a value that is no number is refused where one must be."""

    def __init__(self) -> None:
        self._options: dict[Key, Option] = {}

    def load_core_declaration(self) -> None:
        self._options[Key(("ckan", "page"))] = Option(20, "Rows.", 50, "page", "convert_int ", Marks.required)
        self._options[Pattern(("sqlalchemy", "<OPTION>"))] = Option()
        self._options[Key(("hidden",))] = Option(flags=Marks.internal)

    def make_safe(self, config: dict[str, Any]) -> None:
        config.setdefault("ckan.page", 20)

    def validate(self, config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        good = str(config["ckan.page"]).isdigit()
        return config, {} if good else {"ckan.page": ["Not a number", "Really"]}


class Plugins:
    """CKAN's plugins: one prints while it is imported, one breaks."""

    def __init__(self) -> None:
        self._PLUGINS_SERVICE: dict[str, Any] = {}

    def _get_service(self, name: str) -> Plugin:
        if name == "broken":
            raise ImportError("no cats\nsecond line")
        if name == "loud":
            print("I am here")  # noqa: T201 - that is what it does
        return Plugin(name)


@dataclass
class Plugin:
    """One that declares a setting."""

    name: str
    active: bool = False

    def activate(self) -> None:
        self.active = True

    def declare_config_options(self, declaration: Declaration, _key: Key) -> None:
        declaration._options[Key((self.name, "x"))] = Option("1")  # noqa: SLF001 - a stand-in for its methods


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> Plugins:
    made = Plugins()
    made_by = SimpleNamespace(implemented_by=lambda _type: True)
    modules: dict[str, dict[str, Any]] = {
        "ckan": {"__version__": "2.12.0"},
        "ckan.common": {"config": {}},
        "ckan.config": {},
        "ckan.config.declaration": {"Declaration": Declaration},
        "ckan.config.declaration.key": {"Key": Key, "Pattern": Pattern},
        "ckan.config.environment": {"CONFIG_FROM_ENV_VARS": {"smtp.server": "CKAN_SMTP_SERVER"}},
        "ckan.plugins": {"IConfigDeclaration": made_by, "core": made},
    }
    for name, content in modules.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(sys.modules, PROGRAM, raising=False)
    return made


def answer(monkeypatch: pytest.MonkeyPatch, **settings: str) -> dict[str, Any]:
    """What the program tells about settings, by names in which ``_`` stands for a dot."""
    asked = {key.replace("_", "."): value for key, value in settings.items()}
    monkeypatch.setattr(sys, "stdin", io.StringIO(declarations.question(asked).decode()))
    output = io.StringIO()
    importlib.import_module(PROGRAM).main(output)
    sys.modules.pop(PROGRAM)
    found: dict[str, Any] = json.loads(output.getvalue())
    return found


@pytest.mark.usefixtures("plugins")
def test_the_program_tells_all_that_is_declared_of_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    found = answer(monkeypatch)
    assert (found["ckan"], found["errors"], found["problems"]) == ("2.12.0", {}, {})
    assert found["variables"] == {"smtp.server": "CKAN_SMTP_SERVER"}
    page, family, hidden = found["options"]
    assert page == {
        "key": "ckan.page",
        "dynamic": False,
        "plugin": "",
        "default": "20",
        "validators": "convert_int",
        "description": "Rows.",
        "example": "50",
        "former": "page",
        "flags": ["required"],
    }
    assert (family["key"], family["dynamic"], family["default"]) == ("sqlalchemy.<OPTION>", True, None)
    assert hidden["flags"] == ["internal"]


def test_a_plugins_settings_are_told_as_its_own_and_a_broken_one_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, plugins: Plugins
) -> None:
    found = answer(monkeypatch, ckan_plugins="good broken loud")
    assert {each["key"]: each["plugin"] for each in found["options"] if each["plugin"]} == {
        "good.x": "good",
        "loud.x": "loud",
    }
    assert found["problems"] == {"broken": "ImportError: no cats"}
    there = plugins._PLUGINS_SERVICE  # noqa: SLF001 - where CKAN looks for validators
    assert {name: each.active for name, each in there.items()} == {"good": True, "loud": True}


@pytest.mark.usefixtures("plugins")
def test_ckans_own_validators_judge_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(monkeypatch, ckan_page="many")["errors"] == {"ckan.page": "Not a number; Really"}


def test_the_container_sees_code_alone_and_is_on_no_network() -> None:
    spec = declarations.one_off(replace(context(), layer="abc"))
    assert {each.target for each in spec.mounts} == {web.PROJECT, web.LAYER}
    assert all(each.read_only for each in spec.mounts)
    assert (spec.networks, spec.ports, spec.auto_remove) == ((), (), True)
    assert spec.labels[labels.ONE_OFF] == declarations.PURPOSE
    assert spec.command == declarations.COMMAND


def test_no_value_is_in_the_plan_or_the_container() -> None:
    step = declarations.check(context(), {"smtp.password": "swordfish"}, "smtp.password")
    assert "swordfish" not in f"{step} {step!r} {step.spec}"
    assert json.loads(step.stdin) == {"smtp.password": "swordfish"}
