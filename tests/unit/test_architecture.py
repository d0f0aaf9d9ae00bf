"""The code has the shape that it is meant to have: who may import whom, who touches the world, how big things are."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "datacats"

_PURE = frozenset({"model", "errors"})

ROOMS: Mapping[str, frozenset[str]] = {
    "errors": frozenset(),
    "version": frozenset(),
    "model": frozenset({"errors"}),
    "store": _PURE,
    "services": _PURE,
    "recipes": _PURE,
    "planning": _PURE,
    "engine": _PURE,
    "apply": _PURE,
    "workflows": _PURE | {"apply", "planning", "recipes", "services", "store"},
    "cli": _PURE | {"workflows", "version"},
    "__main__": frozenset({"cli", "version"}),
    "__init__": _PURE | {"workflows", "engine", "version"},
}
"""Each room, and the rooms that it may import beside itself."""

DOORS = {"cli.main": frozenset({"engine"})}
"""The one module of cli that may import more: it connects."""

OUTSIDE = ("asyncio", "docker", "http.client", "requests", "socket", "ssl", "subprocess", "urllib.request", "urllib3")
"""What reaches other processes and machines: only the engine room imports these."""

FILES = ("fcntl", "glob", "mmap", "shutil", "tempfile")
"""What reaches files past the port Disk: only the engine room imports these, and the command line for its own ends."""

TERMINAL = ("click", "getpass", "rich")
"""What talks to a person: only the command line imports these."""

SPEAKING = frozenset({"breakpoint", "input", "print"})
"""Built-in functions that only the command line calls."""

FILE_MEDIAN, FILE_MOST = 120, 400
FUNCTION_MEDIAN, FUNCTION_P90, FUNCTION_MOST = 9, 30, 60
PARAMETERS_MOST = 6
METHODS_MOST = 15
SHORT_INIT = 20
"""A package's front up to this long only says what the package is; it does not count among the files."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One source file. ``name`` is dotted and leaves ``datacats`` out; a package has the name of its directory."""

    name: str
    path: PurePosixPath
    text: str

    @property
    def room(self) -> str:
        return self.name.split(".")[0]

    @property
    def is_image_content(self) -> bool:
        """Whether it runs on its own inside a container, from an image or as it is sent: none of our modules."""
        return self.path.parts[:2] in {("recipes", "images"), ("services", "inside")}

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def imports(self) -> Iterator[tuple[str, str]]:
        """Each import as (module, name in it or an empty text); relative ones made absolute."""
        package = ["datacats", *self.path.parts[:-1]]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package[: len(package) + 1 - node.level] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                yield from ((base, alias.name) for alias in node.names)


def read(source: Path) -> tuple[Module, ...]:
    """Read every module below a directory."""
    return tuple(
        module(path.relative_to(source).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(source.rglob("*.py"))
    )


def module(path: str, text: str) -> Module:
    parts = PurePosixPath(path).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
    return Module(name, PurePosixPath(path), text)


def inner_imports(modules: tuple[Module, ...]) -> dict[str, set[str]]:
    """For each of our modules, those of our modules that it imports."""
    names = {each.name for each in modules}
    graph: dict[str, set[str]] = {}
    for each in modules:
        targets = graph.setdefault(each.name, set())
        for base, name in each.imports():
            if base != "datacats" and not base.startswith("datacats."):
                continue
            inner = base.removeprefix("datacats").removeprefix(".")
            whole = f"{inner}.{name}".strip(".") if name else inner
            targets.add(whole if whole in names else inner or "__init__")
        targets.discard(each.name)
    return graph


def wrong_rooms(modules: tuple[Module, ...]) -> list[str]:
    found = []
    for name, targets in sorted(inner_imports(modules).items()):
        room = name.split(".")[0]
        allowed = ROOMS.get(room, frozenset()) | DOORS.get(name, frozenset()) | {room}
        found += [f"{name} imports {target}" for target in sorted(targets) if target.split(".")[0] not in allowed]
    return found


def strangers(modules: tuple[Module, ...], forbidden: tuple[str, ...], rooms: set[str]) -> list[str]:
    """Imports of outside modules by rooms other than those that may."""
    return [
        f"{each.name} imports {whole}"
        for each in modules
        if each.room not in rooms and not each.is_image_content
        for whole in sorted({f"{base}.{name}".strip(".") for base, name in each.imports()})
        if any(f"{whole}.".startswith(f"{one}.") for one in forbidden)
    ]


def callers(modules: tuple[Module, ...], functions: frozenset[str], rooms: set[str]) -> list[str]:
    """Calls of built-in functions in rooms other than those that may."""
    return [
        f"{each.name}:{node.lineno} calls {node.func.id}"
        for each in modules
        if each.room not in rooms and not each.is_image_content
        for node in ast.walk(each.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions
    ]


def cycles(graph: Mapping[str, set[str]]) -> list[str]:
    """Each circle of imports that a walk along the graph closes."""
    found: list[str] = []
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            found.append(" -> ".join((*trail[trail.index(name) :], name)))
        elif name not in done:
            for target in sorted(graph.get(name, ())):
                walk(target, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        walk(name, ())
    return found


def size(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def parameters(node: Function) -> int:
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len(named) - (bool(named) and named[0].arg in {"self", "cls"})


def methods(node: ast.ClassDef) -> int:
    return sum(isinstance(each, Function) for each in node.body)


def too_big(modules: tuple[Module, ...]) -> list[str]:
    found = []
    for each in modules:
        if each.lines > FILE_MOST:
            found.append(f"{each.name} has {each.lines} lines")
        for node in each.functions():
            if size(node) > FUNCTION_MOST:
                found.append(f"{each.name}:{node.lineno} {node.name} has {size(node)} lines")
            if parameters(node) > PARAMETERS_MOST and each.room != "cli":
                found.append(f"{each.name}:{node.lineno} {node.name} has {parameters(node)} parameters")
        found += [
            f"{each.name}:{one.lineno} class {one.name} has {methods(one)} methods"
            for one in ast.walk(each.tree)
            if isinstance(one, ast.ClassDef) and methods(one) > METHODS_MOST
        ]
    return found


MODULES = read(SOURCE)
OURS = tuple(each for each in MODULES if not each.is_image_content)


def test_every_module_lives_in_a_room_of_the_table() -> None:
    assert [each.name for each in MODULES if each.room not in ROOMS] == []


def test_each_room_imports_only_the_rooms_it_may() -> None:
    assert wrong_rooms(OURS) == []


def test_the_error_tree_stands_on_nothing() -> None:
    errors = next(each for each in OURS if each.name == "errors")
    assert {base for base, _ in errors.imports()} == {"__future__"}


def test_only_the_engine_room_opens_sockets_or_starts_processes() -> None:
    assert strangers(OURS, OUTSIDE, {"engine"}) == []


def test_nothing_below_the_command_line_prints_or_asks() -> None:
    assert callers(OURS, SPEAKING, {"cli"}) == []
    assert strangers(OURS, TERMINAL, {"cli"}) == []


def test_only_the_engine_room_and_the_command_line_reach_for_files() -> None:
    assert strangers(OURS, FILES, {"engine", "cli"}) == []
    assert callers(OURS, frozenset({"open"}), {"engine", "cli"}) == []


def test_no_module_imports_itself_by_a_detour() -> None:
    assert cycles(inner_imports(OURS)) == []


def test_no_file_function_or_class_is_bigger_than_the_bar() -> None:
    assert too_big(MODULES) == []


def test_most_files_and_functions_are_small() -> None:
    files = [each.lines for each in MODULES if each.path.name != "__init__.py" or each.lines > SHORT_INIT]
    functions = sorted(size(node) for each in MODULES for node in each.functions())
    assert statistics.median(files) <= FILE_MEDIAN
    assert statistics.median(functions) <= FUNCTION_MEDIAN
    assert functions[int(len(functions) * 0.9)] <= FUNCTION_P90


def test_every_module_says_what_it_is() -> None:
    silent = [each.name for each in OURS if each.lines and not ast.get_docstring(each.tree)]
    assert silent == []


@pytest.mark.parametrize(
    ("path", "text", "finding"),
    [
        ("services/web.py", "from datacats.store import disk", "services.web imports store"),
        ("model/a.py", "import datacats.planning.b", "model.a imports planning.b"),
        ("engine/docker.py", "from ..workflows import create", "engine.docker imports workflows"),
        ("cli/start.py", "def f():\n    from datacats.engine import connect", "cli.start imports engine"),
        ("store/a.py", "from datacats import connect", "store.a imports __init__"),
        ("workflows/a.py", "from datacats.cli.render import say", "workflows.a imports cli"),
    ],
)
def test_an_import_into_a_forbidden_room_is_found_however_it_is_written(path: str, text: str, finding: str) -> None:
    planning = module("planning/b.py", "")
    found = wrong_rooms((module(path, text), planning))
    assert len(found) == 1
    assert found[0].startswith(finding)


def test_the_door_of_the_command_line_is_its_main_module_alone() -> None:
    text = "from datacats.engine.connect import connect"
    assert wrong_rooms((module("cli/main.py", text),)) == []
    assert wrong_rooms((module("cli/render.py", text),)) != []


def test_a_circle_of_imports_is_found_and_a_package_of_its_parts_is_none() -> None:
    circle = (module("model/a.py", "from datacats.model import b"), module("model/b.py", "from .a import x"))
    front = (module("recipes/__init__.py", "from datacats.recipes import a"), module("recipes/a.py", "from . import b"))
    assert cycles(inner_imports(circle)) == ["model.a -> model.b -> model.a"]
    assert cycles(inner_imports((*front, module("recipes/b.py", "")))) == []


def test_a_stranger_or_a_call_in_the_wrong_room_is_found() -> None:
    bad = module("planning/a.py", "import subprocess\nfrom http.client import OK\nimport click\nprint(1)\n")
    good = module("engine/a.py", "import socket\nfrom http import HTTPStatus\n")
    assert strangers((bad, good), OUTSIDE, {"engine"}) == [
        "planning.a imports http.client.OK",
        "planning.a imports subprocess",
    ]
    assert strangers((bad, good), TERMINAL, {"cli"}) == ["planning.a imports click"]
    assert callers((bad, good), SPEAKING, {"cli"}) == ["planning.a:4 calls print"]


def test_what_is_bigger_than_the_bar_is_found() -> None:
    long_function = "def long():\n" + "    pass\n" * FUNCTION_MOST
    many = "class Many:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(METHODS_MOST + 1))
    wide = "def wide(a, b, c, *, d, e, f, g): ...\n"
    fits = "class Fits:\n    def method(self, a, b, c, d, e, f): ...\n"
    text = long_function + many + wide + fits
    assert too_big((module("model/a.py", text),)) == [
        "model.a:1 long has 61 lines",
        "model.a:79 wide has 7 parameters",
        "model.a:62 class Many has 16 methods",
    ]
    assert too_big((module("cli/a.py", wide),)) == []
    assert too_big((module("model/b.py", "\n" * (FILE_MOST + 1)),)) == ["model.b has 401 lines"]
