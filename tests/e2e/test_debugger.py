"""Looking into a page: by an editor's debugger, whose breakpoints hold it, and by what is measured of it."""

from __future__ import annotations

import pstats
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Running
from tests.e2e.dap import Debugger
from tests.e2e.extension import Extension, extended


@pytest.fixture(scope="module")
def extension(catstown: Running) -> Iterator[Extension]:
    with extended(catstown) as made:
        yield made


@pytest.fixture
def port(catstown: Running) -> Iterator[int]:
    started = catstown.installation.result("start", catstown.name, "--debugger")
    yield int(started["debugger"].rpartition(":")[2])
    catstown.installation.run("start", catstown.name, "--no-debugger")


def test_a_breakpoint_is_hit_and_left_again_and_so_after_an_edit(
    catstown: Running, extension: Extension, port: int
) -> None:
    for word in ("first", "second"):
        extension.says(word)
        assert word in catstown.ckan.get("/about")[1]
        debugger = Debugger(port, catstown.source)
        lines = extension.plugin.read_text().splitlines()
        line = 1 + next(number for number, text in enumerate(lines) if "cats_say" in text)
        assert debugger.break_at(extension.plugin, line)
        answers: list[tuple[int, str]] = []
        request = threading.Thread(target=lambda found=answers: found.append(catstown.ckan.get("/about")))
        request.start()
        thread = debugger.wait_until_stopped()
        assert debugger.evaluate(thread, "6 * 7") == "42"
        assert answers == []
        debugger.carry_on(thread)
        request.join()
        assert answers == [(200, f"template one {word}")]
        debugger.close()


@pytest.fixture
def measured(catstown: Running) -> Iterator[None]:
    catstown.installation.run("start", catstown.name, "--profile")
    yield
    catstown.installation.run("start", catstown.name, "--no-profile")


@pytest.mark.usefixtures("measured")
def test_the_sql_of_a_page_is_shown_and_its_profile_saved_for_other_programs(catstown: Running, tmp_path: Path) -> None:
    assert catstown.ckan.get("/organization/")[0] == 200
    page = catstown.installation.result("profile", "-e", catstown.name)["pages"][-1]
    assert page["path"] == "/organization/"
    shown = catstown.installation.result("profile", "show", str(page["number"]), "-e", catstown.name)
    assert any("FROM" in each["sql"] and each["count"] for each in shown["statements"])
    assert 0 < shown["sql_seconds"] < shown["seconds"]
    assert sum(each["own"] for each in shown["functions"]) > 0
    saved = tmp_path / "organizations.prof"
    catstown.installation.run("profile", "save", str(page["number"]), str(saved), "-e", catstown.name)
    files = {file for file, _, _ in pstats.Stats(str(saved)).stats}  # type: ignore[attr-defined]
    assert any("/sqlalchemy/" in file for file in files)
