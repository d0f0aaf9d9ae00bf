"""The development server: the request after a change sees it, and whatever happens the port is held."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from http.client import RemoteDisconnected
from pathlib import Path

import pytest

from datacats.apply.wait import GAVE_UP
from tests.unit.recipes.site_stub import DEADLINE, PLUGIN, Site, wait_until


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.end()


def test_the_request_after_a_saved_change_never_sees_the_old_code(site: Site) -> None:
    site.start()
    for number in range(20):
        site.says(word=f"word {number:03}")
        assert site.get() == (200, f"<body>word {number:03}</body>")


def test_a_request_on_a_connection_opened_before_the_change_sees_it_too(site: Site) -> None:
    site.start()
    assert "first" in site.get()[1]
    with socket.create_connection(("127.0.0.1", site.port)) as early:
        assert "first" in site.get()[1]
        site.says(word="second")
        early.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b"second" in b"".join(iter(lambda: early.recv(4096), b""))


def test_where_an_installed_directory_is_gone_the_page_and_the_log_say_what_mends_it(site: Site) -> None:
    (site.installed / "__editable__.ckanext_cats.pth").write_text(f"{site.project}/ckanext-cats\n")
    site.plugin.write_text(f"import ckanext.cats\n{PLUGIN}")
    site.start()
    assert "<p>ckanext-cats is gone: run datacats install.</p>" in site.get()[1]
    assert "datacats: CKAN does not start: ModuleNotFoundError: " in site.said()
    assert "ckanext-cats is gone: run datacats install." in site.said()
    (site.project / "ckanext-cats").mkdir()
    site.plugin.write_text(f"import ckanext.dogs\n{PLUGIN}")
    assert "<p>Save what mends it, and load this page again.</p>" in site.get()[1]


def test_a_saved_change_is_made_ready_before_anybody_asks(site: Site) -> None:
    site.start()
    site.get()
    site.says(word="second")
    wait_until(lambda: "changed; making" in site.said())


def test_a_file_that_is_replaced_and_a_module_that_comes_are_seen(site: Site) -> None:
    site.start()
    site.get()
    fresh = site.project / "fresh.py"
    fresh.write_text(PLUGIN.replace("first", "replaced"))
    fresh.replace(site.plugin)
    assert "replaced" in site.get()[1]
    (site.project / "below" / "deep").mkdir(parents=True)
    (site.project / "below" / "deep" / "words.py").write_text("word = 'from below'")
    site.plugin.write_text("from below.deep.words import word\n" + PLUGIN.replace('"first"', "word"))
    assert "from below" in site.get()[1]
    (site.project / "below" / "deep" / "words.py").write_text("word = 'from there'")
    assert "from there" in site.get()[1]


def test_a_changed_ini_is_read_by_the_next_request(site: Site) -> None:
    site.plugin.write_text(PLUGIN.replace('"first"', "ini"))
    site.ini.write_text("one")
    site.start()
    assert "one" in site.get()[1]
    fresh = site.ini.with_suffix(".new")
    fresh.write_text("two")
    fresh.replace(site.ini)
    assert "two" in site.get()[1]


def test_a_mistake_is_shown_whole_in_the_browser_and_once_in_the_log_and_mended_by_saving(site: Site) -> None:
    site.start()
    site.get()
    site.plugin.write_text("def broken(:\n")
    for _ in range(3):
        status, page = site.get()
        assert status == 500
        assert "def broken(:" in page
        assert "SyntaxError" in page
    assert site.said().count("def broken(:") == 1
    assert site.said().splitlines()[-1].startswith(GAVE_UP)
    site.says(word="mended")
    assert site.get() == (200, "<body>mended</body>")


@pytest.mark.parametrize("mistake", ["raise SystemExit(3)", "import os; os._exit(7)", "import os; os.abort()"])
def test_whatever_a_plugin_does_at_its_import_the_port_is_held(site: Site, mistake: str) -> None:
    site.plugin.write_text(mistake)
    site.start()
    status, page = site.get()
    assert status == 500
    assert "SystemExit" in page or "ended with status" in page
    site.says(word="mended")
    assert site.get() == (200, "<body>mended</body>")


def test_what_failed_is_tried_again_on_request_because_its_cause_may_lie_elsewhere(site: Site) -> None:
    elsewhere = site.project.parent / "elsewhere"
    site.plugin.write_text(f"open({str(elsewhere)!r})\n{PLUGIN}")
    site.start()
    assert site.get()[0] == 500
    elsewhere.touch()
    wait_until(lambda: site.get()[0] == 200)
    assert site.said().count("Traceback") == 1


def test_a_long_request_is_finished_by_the_child_that_began_it_while_another_serves(site: Site) -> None:
    slow = f"""
import os, time
templates = {{}}
def page(path, ini):
    while path == "/slow" and not os.path.exists({str(site.project.parent / "go")!r}):
        open({str(site.project.parent / "begun")!r}, "w").close()
        time.sleep(0.01)
    return "first"
"""
    site.plugin.write_text(slow)
    site.start()
    answers = site.in_background("/slow")
    wait_until((site.project.parent / "begun").exists)
    site.says(word="second")
    assert "second" in site.get()[1]
    assert len(site.children()) == 2
    (site.project.parent / "go").touch()
    wait_until(lambda: answers)
    assert answers == [(200, "<body>first</body>")]
    wait_until(lambda: len(site.children()) == 1)


def test_many_requests_are_answered_at_once(site: Site) -> None:
    together = "import threading\nall = threading.Barrier(24)\ntemplates = {}\ndef page(path, ini):\n    all.wait(10)\n"
    site.plugin.write_text(together)
    site.start()
    answers = [site.in_background("/") for _ in range(24)]
    wait_until(lambda: all(answers))
    assert {each[0][0] for each in answers} == {200}


def test_a_child_that_dies_while_it_serves_is_followed_by_another(site: Site) -> None:
    site.plugin.write_text(
        PLUGIN.replace("    return", "    import os\n    path == '/die' and os._exit(9)\n    return")
    )
    site.start()
    with pytest.raises(RemoteDisconnected):
        site.get("/die")
    assert site.get()[0] == 200
    assert "ended with status 9; starting it again" in site.said()


def test_a_template_that_comes_or_goes_is_looked_for_again_without_another_child(site: Site) -> None:
    site.plugin.write_text(PLUGIN.replace('"first"', "str(len(templates))").replace("{}", "{'compiled': 1}"))
    site.start()
    assert "1" in site.get()[1]
    before = site.children()
    (site.project / "page.html").write_text("")
    assert "0" in site.get()[1]
    assert site.children() == before


def test_what_is_no_source_makes_no_other_child(site: Site) -> None:
    site.start()
    site.get()
    before = site.children()
    (site.project / ".git").mkdir()
    (site.project / ".git" / "index.py").write_text("")
    (site.project / "theme.css").write_text("")
    (site.project / ".plugin.py.swp").write_text("")
    assert site.get()[0] == 200
    assert site.children() == before


def test_a_change_of_what_is_installed_starts_the_server_anew_and_the_request_is_kept(site: Site) -> None:
    (site.installed / "library.py").write_text("word = 'old'")
    site.plugin.write_text("import library\n" + PLUGIN.replace('"first"', "library.word"))
    process = site.start()
    for _ in range(5):
        assert "old" in site.get()[1]
    (site.installed / "library.py").write_text("word = 'new'")
    assert "new" in site.get()[1]
    assert process.poll() is None


def test_code_of_the_project_is_never_imported_by_the_server_itself(site: Site) -> None:
    (site.installed / "library.py").write_text("import theirs")
    (site.project / "theirs.py").write_text("word = 'first'")
    site.plugin.write_text("import library, theirs\n" + PLUGIN.replace('"first"', "theirs.word"))
    site.start()
    for word in ("second", "third", "fourth"):
        site.get()
        (site.project / "theirs.py").write_text(f"word = {word!r}")
        assert word in site.get()[1]


def test_loggers_that_the_server_made_too_early_are_heard_all_the_same(site: Site) -> None:
    (site.installed / "library.py").write_text("import logging\nlog = logging.getLogger('library')")
    with_library = "import library, logging, sys\n" + PLUGIN
    told = "str([library.log.disabled, logging.getLogger('early').disabled, came])"
    site.plugin.write_text(with_library)
    site.start()
    site.get()
    tries = 0
    while "True]" not in site.get()[1]:  # that the child came with the library in its memory
        tries += 1
        came = f"import sys\ncame = 'library' in sys.modules\n# {tries}\n"
        site.plugin.write_text(came + with_library.replace('"first"', told))
        assert tries < 50
    assert "[False, True, True]" in site.get()[1]


def test_a_change_that_needs_a_command_says_which_in_the_log_and_on_the_page(site: Site) -> None:
    asked = site.project / "pyproject.toml"
    asked.write_text("[project]\ndependencies = []\n")
    site.start()
    assert "note" not in site.get()[1]
    asked.write_text("[project]\ndependencies = ['shapely']\n")
    assert "pyproject.toml changed: run datacats install" in site.get()[1]
    assert site.said().count("datacats: pyproject.toml changed: run datacats install.") == 1
    asked.write_text("[project]\ndependencies = []\n[tool.ruff]\n")
    assert "note" not in site.get()[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_when_told_and_nothing_outlives_it(site: Site, number: signal.Signals) -> None:
    process = site.start()
    site.get()
    children = site.children()
    assert children
    process.send_signal(number)
    assert process.wait(DEADLINE) == 128 + number
    wait_until(lambda: not any(map(is_running, children)))


def test_nothing_outlives_a_server_that_is_killed(site: Site) -> None:
    process = site.start()
    site.get()
    children = site.children()
    process.kill()
    process.wait()
    wait_until(lambda: not any(map(is_running, children)))


def test_processes_that_ended_are_collected(site: Site) -> None:
    site.start()
    for number in range(5):
        site.says(word=f"word {number}")
        site.get()
    wait_until(lambda: len(site.children()) == 1)


def test_with_little_memory_the_server_imports_nothing_itself_and_follows_changes_all_the_same(site: Site) -> None:
    process = site.start("--low-memory")
    site.get()
    site.says(word="second")
    assert "second" in site.get()[1]
    (child,) = site.children()
    assert resident(process.pid) < resident(child)


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def is_running(pid: int) -> bool:
    """Whether that process does anything any more; without a first process of our own it may stay a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
