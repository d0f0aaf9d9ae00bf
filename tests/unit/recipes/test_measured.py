"""The development server measures pages: what each cost is told, and measuring changes no answer."""

from __future__ import annotations

import json
import pstats
import subprocess
import sys
from collections.abc import Iterator
from cProfile import Profile
from pathlib import Path
from typing import Any

import pytest

from datacats.recipes.images.web.development import pages
from tests.unit.recipes.image_file import IMAGES
from tests.unit.recipes.site_stub import Site

SQL = """
from sqlalchemy import event
templates = {}
def send(statement):
    for name in ("before_cursor_execute", "after_cursor_execute"):
        for hear in event.heard[name]:
            hear(None, None, statement, (), None, False)
def page(path, ini):
    if path == "/broken":
        raise RuntimeError("meow")
    if path != "/none":
        send("SELECT cats")
        send("SELECT\\n  cats")
        send("SELECT cats")
    return "first"
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    made = Site(tmp_path)
    made.variables["DATACATS_PAGES"] = str(tmp_path / "pages")
    made.plugin.write_text(SQL)
    monkeypatch.setenv("DATACATS_PAGES", str(tmp_path / "pages"))
    yield made
    made.end()


def told(*words: str) -> bytes:
    return subprocess.run([sys.executable, IMAGES / "web" / "pages.py", *words], capture_output=True, check=True).stdout


def test_a_pages_time_and_sql_are_in_the_log_and_in_what_browsers_tools_show(site: Site) -> None:
    site.start("--profile")
    assert site.get("/cats?page=2") == (200, "<body>first</body>")
    (line,) = [each for each in site.said().splitlines() if "datacats: page 1: " in each]
    assert "GET /cats?page=2 200 in 0." in line
    assert "3 SQL statements in 0." in line
    assert "most of it in " in line
    assert " x SELECT cats (" in line
    timing = site.headers("/cats")["Server-Timing"]
    assert timing.startswith("page;dur=")
    assert timing.endswith('desc="3 statements"')


def test_each_page_is_listed_and_shown_with_its_statements_counted_and_its_functions(site: Site) -> None:
    site.start("--profile")
    for path in ("/cats", "/none"):
        site.get(path)
    listed = json.loads(told("list"))
    assert [(each["number"], each["path"], each["status"], each["count"]) for each in listed] == [
        (1, "/cats", 200, 3),
        (2, "/none", 200, 0),
    ]
    shown = json.loads(told("show", "1"))
    assert {each["sql"]: each["count"] for each in shown["statements"]} == {"SELECT cats": 2, "SELECT\n  cats": 1}
    assert shown["sql_seconds"] == pytest.approx(sum(each["seconds"] for each in shown["statements"]))
    assert any(each["where"].endswith(" page") and each["calls"] == 1 for each in shown["functions"])


def test_the_profilers_file_is_one_that_pstats_reads(site: Site, tmp_path: Path) -> None:
    site.start("--profile")
    site.get("/cats")
    saved = tmp_path / "cats.prof"
    saved.write_bytes(told("file", "1"))
    assert any(name == "page" for _, _, name in pstats.Stats(str(saved)).stats)  # type: ignore[attr-defined]


def test_a_page_that_fails_is_measured_too(site: Site) -> None:
    site.start("--profile")
    assert site.get("/broken")[0] == 500
    (listed,) = json.loads(told("list"))
    assert (listed["path"], listed["status"]) == ("/broken", 500)


def test_the_server_that_was_not_told_to_measures_nothing(site: Site) -> None:
    site.plugin.write_text("templates = {}\ndef page(path, ini):\n    return 'first'\n")
    site.start()
    assert "Server-Timing" not in site.headers("/cats")
    assert json.loads(told("list")) == []
    assert told("show", "1") == told("file", "1") == b"null"


def test_a_style_sheet_is_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datacats.recipes.images.web.development.measured.Sql.listen", lambda _self: None)
    from datacats.recipes.images.web.development.measured import Measured  # noqa: PLC0415 - after the patch

    kept = pages.Pages(str(tmp_path))
    for kind in ("text/css; charset=utf-8", "image/png", "text/html"):
        answered: list[tuple[Any, ...]] = []

        def application(_environ: object, start: Any, kind: str = kind) -> list[bytes]:
            start("200 OK", [("Content-Type", kind)])
            return [b"body"]

        measured = Measured(application, kept)
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
        assert measured(environ, lambda *words, to=answered: to.append(words)) == [b"body"]
        assert answered[0][:1] == ("200 OK",)
    assert kept.numbers() == [1]


def test_the_oldest_pages_go_when_there_are_too_many_and_no_number_comes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "KEPT", 2)
    kept = pages.Pages(str(tmp_path / "below"))
    profile = Profile()
    profile.runcall(sorted, [])
    numbers = [kept.keep({"statements": []}, profile) for _ in range(3)]
    assert numbers == [1, 2, 3]
    assert kept.numbers() == [2, 3]
    kept.profile(4).touch()  # another process is writing it
    assert kept.keep({"statements": []}, profile) == 5
    assert sorted(path.name for path in kept.directory.iterdir()) == ["3.json", "3.prof", "4.prof", "5.json", "5.prof"]
