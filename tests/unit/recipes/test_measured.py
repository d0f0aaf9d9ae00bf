"""The development server measures pages: what each cost is told, and measuring changes no answer."""

from __future__ import annotations

import json
import marshal
import pstats
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from cProfile import Profile
from pathlib import Path
from typing import Any

import pytest

from datacats.recipes.images.web.development import measured, pages
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


class Bare:
    """An application that sends SQL and answers, measured without any server."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(measured.Sql, "listen", lambda _self: None)
        self.pages = pages.Pages(str(directory))
        self.kind = "text/html"
        self.does: Callable[[], None] = lambda: None
        self.started: list[tuple[Any, ...]] = []
        self.measured = measured.Measured(self.application, self.pages)
        self.sql = self.measured._sql  # noqa: SLF001 - what SQLAlchemy would call

    def application(self, _environ: object, start: Callable[..., Any]) -> list[bytes]:
        self.does()
        start("200 OK", [("Content-Type", self.kind)])
        return [b"body"]

    def get(self, path: str = "/") -> Any:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
        return self.measured(environ, lambda *words: self.started.append(words))

    def send(self, statement: str) -> None:
        self.sql._begins()  # noqa: SLF001
        self.sql._ended(None, None, statement, (), None, False)  # noqa: SLF001


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bare:
    return Bare(tmp_path / "pages", monkeypatch)


@pytest.mark.parametrize("kind", ["text/css; charset=utf-8", "image/png", "font/woff2", "text/javascript"])
def test_a_style_sheet_a_picture_or_a_script_is_no_page(bare: Bare, kind: str) -> None:
    bare.kind = kind
    assert bare.get() == [b"body"]
    assert bare.pages.numbers() == []


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "application/rdf+xml", ""])
def test_whatever_else_is_answered_is_one(bare: Bare, kind: str) -> None:
    bare.kind = kind
    assert bare.get() == [b"body"]
    assert bare.pages.numbers() == [1]


def test_the_answers_own_headers_stay_and_one_is_added(bare: Bare) -> None:
    bare.get()
    ((status, headers),) = bare.started
    assert status == "200 OK"
    assert headers[0] == ("Content-Type", "text/html")
    assert [name for name, _ in headers[1:]] == ["Server-Timing"]


def test_the_statements_of_one_page_are_not_counted_for_the_next(bare: Bare) -> None:
    bare.does = lambda: bare.send("SELECT cats")
    bare.get()
    bare.does = lambda: None
    bare.get()
    assert [len(bare.pages.facts(number)["statements"]) for number in bare.pages.numbers()] == [1, 0]


def test_pages_that_are_made_at_once_have_each_its_own_statements(bare: Bare) -> None:
    together = threading.Barrier(2)

    def work() -> None:
        together.wait(10)
        bare.send(f"SELECT {threading.current_thread().name}")
        together.wait(10)

    bare.does = work
    threads = [threading.Thread(target=bare.get, args=(f"/{name}",), name=name) for name in ("cats", "dogs")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = [bare.pages.facts(number) for number in bare.pages.numbers()]
    told = sorted((facts["path"], [each["sql"] for each in facts["statements"]]) for facts in found)
    assert told == [("/cats", ["SELECT cats"]), ("/dogs", ["SELECT dogs"])]


def test_an_error_goes_on_to_the_debugger_and_is_told_as_a_page(bare: Bare, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise LookupError("no cats")

    bare.does = fail
    with pytest.raises(LookupError, match="no cats"):
        bare.get("/broken")
    assert "GET /broken 500 in 0." in capsys.readouterr().err


def test_the_most_costly_statement_is_named_first_and_in_the_log_cut_short() -> None:
    facts = {"method": "GET", "path": "/", "status": 200, "seconds": 1.0, "sql_seconds": 0.5}
    statements = [
        {"sql": f"SELECT\n {'x' * 500}", "count": 7, "seconds": 0.4},
        {"sql": "B", "count": 2, "seconds": 0.1},
    ]
    line = measured.line({**facts, "statements": statements})
    assert line.startswith("GET / 200 in 1.000 s, 9 SQL statements in 0.500 s, most of it in 7 x SELECT xxx")
    assert line.endswith("x (0.400 s)")
    assert len(line) < 200
    assert measured.line({**facts, "statements": []}).endswith("0 SQL statements in 0.500 s")


def test_functions_are_named_by_where_their_package_has_them_and_the_costly_come_first(tmp_path: Path) -> None:
    file = tmp_path / "x.prof"
    rows: dict[Any, Any] = {
        ("/usr/lib/ckan/lib/python3.11/site-packages/ckan/views/home.py", 7, "index"): (1, 1, 0.1, 0.9, {})
    }
    rows |= {("~", 0, "<built-in method len>"): (50, 50, 0.3, 0.3, {})}
    rows |= {(f"/project/{number}.py", 1, "f"): (1, 1, 0.0, 0.0, {}) for number in range(40)}
    file.write_bytes(marshal.dumps(rows))
    found = pages.functions(file)
    assert [each["where"] for each in found[:2]] == ["<built-in method len>", "ckan/views/home.py:7 index"]
    assert found[1] == {"where": "ckan/views/home.py:7 index", "calls": 1, "own": 0.1, "with_called": 0.9}
    assert len(found) == pages.FUNCTIONS


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
