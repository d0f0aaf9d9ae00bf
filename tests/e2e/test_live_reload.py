"""What is edited shows on the next request; what is wrong shows too, and web stays."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import docker
import pytest

from tests.e2e.conftest import Running
from tests.e2e.extension import Extension, extended


@pytest.fixture(scope="module")
def extension(catstown: Running) -> Iterator[Extension]:
    with extended(catstown) as made:
        yield made


def test_edited_python_shows_on_the_next_request_every_time(catstown: Running, extension: Extension) -> None:
    for word in ("word a", "word b", "word c", "word d"):
        extension.says(word)
        assert catstown.ckan.get("/about") == (200, f"template one {word}")


def test_an_edited_template_shows_on_the_next_request_and_a_new_one_hides_an_old_one(
    catstown: Running, extension: Extension
) -> None:
    extension.template.write_text("template two")
    assert catstown.ckan.get("/about") == (200, "template two")
    before = catstown.ckan.get("/user/login")[1]
    login = extension.template.parent.parent / "user" / "login.html"
    login.parent.mkdir()
    login.write_text("our own login")
    assert catstown.ckan.get("/user/login") == (200, "our own login")
    login.unlink()
    assert len(catstown.ckan.get("/user/login")[1]) == len(before)


def linked(site: Running) -> str:
    """Return the extension's style sheet, as the home page links to it."""
    found = re.search(r'href="([^"]*cats[^"]*theme[^"]*\.css[^"]*)"', site.ckan.get("/")[1])
    assert found
    return site.ckan.get(found[1])[1]


def test_an_edited_style_sheet_is_what_the_next_page_links_to(catstown: Running, extension: Extension) -> None:
    assert "black" in linked(catstown)
    extension.style.write_text("body { color: rebeccapurple }\n")
    assert "rebeccapurple" in linked(catstown)


def test_sass_that_is_compiled_shows_on_the_next_page_and_may_be_ckans_own_in_other_colours(
    catstown: Running, extension: Extension
) -> None:
    sass = extension.style.with_suffix(".scss")
    sass.write_text('$primary: tomato;\n@import "ckan/public/base/scss/main";\n')
    made = catstown.installation.result("sass", catstown.name)
    assert made["written"] == [str(extension.style.relative_to(catstown.source))]
    style = linked(catstown)
    assert "--bs-primary: tomato" in style
    assert ".masthead" in style
    sass.write_text("body { color: $nowhere }\n")
    assert b"Undefined variable" in catstown.installation.run("sass", catstown.name, status=16).stderr
    assert linked(catstown) == style
    sass.unlink()


@pytest.mark.usefixtures("extension")
def test_an_edited_ini_is_followed_by_the_next_request(catstown: Running) -> None:
    ini = catstown.source / "ckan.ini"
    before = ini.read_text()
    ini.write_text(before.replace("ckan.site_title = ", "ckan.site_title = Edited "))
    assert "Edited " in catstown.ckan.get("/user/login")[1]
    ini.write_text(before)
    assert "Edited " not in catstown.ckan.get("/user/login")[1]


def test_a_syntax_error_is_shown_whole_once_logged_and_gone_when_it_is_mended(
    catstown: Running, extension: Extension, engine: docker.APIClient
) -> None:
    extension.plugin.write_text("def meow(:\n")
    for path in ("/about", "/"):
        status, page = catstown.ckan.get(path)
        assert status == 500
        assert "def meow(:" in page
    assert engine.logs(f"datacats_web_{catstown.name}").count(b"def meow(:") == 1
    done = catstown.installation.run("reload", catstown.name, status=15)
    assert "def meow(:" in done.stderr.decode()
    extension.says("mended")
    assert "mended" in catstown.ckan.get("/about")[1] or "template two" in catstown.ckan.get("/about")[1]


def test_an_upload_in_flight_ends_well_while_another_child_serves(catstown: Running, extension: Extension) -> None:
    extension.template.write_text("{{ h.cats_say() }}")
    extension.says("before")
    assert catstown.ckan.get("/about")[1] == "before"
    body = b'{"q": "' + b"x" * 10000 + b'"}'
    head = (
        f"POST /api/3/action/package_search HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    )
    port = int(catstown.ckan.url.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5000])
        assert catstown.ckan.get("/about")[1] == "before"
        extension.says("after")
        assert catstown.ckan.get("/about")[1] == "after"
        slow.sendall(body[5000:])
        answer = b"".join(iter(lambda: slow.recv(65536), b""))
    assert answer.split(b"\r\n")[0].split()[1] == b"200"


def test_a_change_that_needs_a_command_says_which_on_the_page(catstown: Running, extension: Extension) -> None:
    asked = extension.home / "pyproject.toml"
    asked.write_text('[project]\nname = "catsext"\ndependencies = ["shapely"]\n')
    assert "run datacats install" in catstown.ckan.get("/user/login")[1]
    asked.unlink()
    assert "run datacats install" not in catstown.ckan.get("/user/login")[1]
