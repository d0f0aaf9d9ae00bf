"""``info``, ``list`` and ``open``: the facts of environments, a broken one included."""

from __future__ import annotations

import webbrowser

import pytest

from datacats.model.derived_port import derived_port
from tests.support.desk import HOME, USUAL, WORK, Desk


@pytest.fixture
def asked(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the engine from now on."""
    found: list[str] = []

    def ask(_world: object, words: str) -> None:
        found.append(words)

    monkeypatch.setattr(type(catstown.engine.world), "ask", ask)
    return found


def test_info_has_the_labels_of_old_in_their_order(desk: Desk) -> None:
    desk.create("datapusher")
    assert desk.done("info", "datapusher").lines == [
        "Environment name: datapusher",
        "Default port: 5716",
        f"Environment dir: {WORK / 'datapusher'}",
        f"Data dir: {HOME / 'datapusher'}",
        "Containers: web postgres solr redis worker mail",
        "Available at: http://127.0.0.1:5716/",
    ]


def test_info_says_which_containers_do_not_run(catstown: Desk) -> None:
    catstown.engine.world.container("datacats_solr_catstown").state = "exited"
    del catstown.engine.world.containers["datacats_web_catstown"]
    assert "Containers: postgres solr (exited) redis worker mail" in catstown.done("info", "catstown").lines


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (list(USUAL), "stopped; start it: datacats start catstown"),
        (["web"], "not all of it runs; bring it up: datacats start catstown"),
        (["solr"], "not all of it runs; bring it up: datacats start catstown"),
    ],
)
def test_an_address_that_does_not_answer_is_followed_by_what_brings_it_up(
    catstown: Desk, gone: list[str], words: str
) -> None:
    for service in gone:
        catstown.engine.world.container(f"datacats_{service}_catstown").state = "exited"
    line = catstown.done("info", "catstown").lines[-1]
    assert line == f"Available at: http://127.0.0.1:{derived_port('catstown')}/ ({words})"
    assert catstown.done("info", "catstown", "--json").result["sites"][0]["next"] == "datacats start catstown"
    catstown.done("start", "catstown")
    assert catstown.done("info", "catstown").lines[-1].endswith("/")


def test_the_command_that_brings_up_a_further_site_names_it(catstown: Desk) -> None:
    catstown.done("init", "catstown", "-s", "staging")
    catstown.done("stop", "catstown", "-s", "staging")
    assert "datacats start -s staging catstown" in catstown.done("info", "catstown").lines[-1]
    assert catstown("open", "catstown", "-s", "staging").err.endswith("datacats start -s staging catstown\n")


def test_of_a_half_made_site_info_names_the_command_that_carries_on(catstown: Desk) -> None:
    path = HOME / "catstown" / "sites" / "primary" / "site.json"
    catstown.disk.add(path, catstown.disk.read(path).replace(b'"created"', b'"upgrading"'))
    assert (
        catstown.done("info", "catstown")
        .lines[-1]
        .endswith(f"(half upgraded; carry on: datacats upgrade {WORK / 'catstown'})")
    )


def test_info_adds_a_block_for_each_further_site(catstown: Desk) -> None:
    catstown.done("init", "catstown", "-s", "staging", "--address", "127.0.0.3")
    port = derived_port("catstown", "staging")
    assert catstown.done("info", "catstown").lines[6:] == [
        "",
        "Site: staging",
        f"Default port: {port}",
        "Containers: web postgres solr redis worker mail",
        f"Available at: http://127.0.0.3:{port}/",
    ]


def test_info_of_one_site_is_its_block_alone(catstown: Desk) -> None:
    primary = catstown.done("info", "catstown").lines
    catstown.done("init", "catstown", "-s", "staging")
    every = catstown.done("info", "catstown").lines
    assert catstown.done("info", "catstown", "-s", "staging").lines == every[len(primary) + 1 :]
    assert catstown.done("info", "-s", "primary", "catstown").lines == primary
    url = f"http://127.0.0.1:{derived_port('catstown', 'staging')}/"
    assert catstown.done("info", "-s", "staging", "catstown", "-q").lines == [f"staging: {url}"]
    found = catstown.done("info", "catstown", "-s", "staging", "--json").result
    assert (found["name"], [site["name"] for site in found["sites"]]) == ("catstown", ["staging"])


def test_info_of_a_site_that_is_not_there_lists_those_that_are(catstown: Desk) -> None:
    ran = catstown("info", "catstown", "-s", "staging")
    assert (ran.status, ran.out) == (4, "")
    assert "has no site 'staging' (there is: primary)" in ran.err


@pytest.mark.parametrize("where", [WORK / "catstown", WORK / "catstown" / "ckanext-x"])
def test_without_a_name_the_directory_we_stand_in_or_one_above_it_is_meant(catstown: Desk, where: object) -> None:
    catstown.disk.make_directory(WORK / "catstown" / "ckanext-x", 0o755)
    catstown.cwd = WORK.joinpath(str(where))
    assert catstown.done("info").lines[0] == "Environment name: catstown"


def test_a_path_is_taken_too_however_it_is_written(catstown: Desk) -> None:
    for text in ("./catstown", "../work/catstown", "catstown/", str(WORK / "catstown")):
        assert catstown.done("info", text).lines[0] == "Environment name: catstown"


def test_quiet_info_leaves_the_addresses_of_what_runs(catstown: Desk) -> None:
    catstown.done("init", "catstown", "-s", "staging")
    catstown.done("stop", "catstown")
    port = derived_port("catstown", "staging")
    assert catstown.done("info", "catstown", "-q").lines == [f"staging: http://127.0.0.1:{port}/"]


def test_info_as_json_gives_the_same_facts(catstown: Desk) -> None:
    result = catstown.done("info", "catstown", "--json").result
    assert (result["name"], result["source"], result["data"]) == (
        "catstown",
        str(WORK / "catstown"),
        str(HOME / "catstown"),
    )
    assert [site["containers"]["web"] for site in result["sites"]] == ["running"]


def test_info_of_a_site_that_never_started_has_no_containers(desk: Desk) -> None:
    desk.create("catstown", "--image-only")
    assert "Containers: none" in desk.done("info", "catstown").lines


def test_list_without_any_environment_says_how_to_make_one(desk: Desk) -> None:
    assert desk.done("list").out == "No environments. Make one: datacats create NAME\n"
    assert desk.done("list", "--json").result == {"environments": []}
    assert desk.done("list", "-q").out == ""


def test_list_tells_state_and_address_of_every_site(catstown: Desk) -> None:
    catstown.done("init", "catstown", "-s", "staging")
    catstown.create("birdland", "--image-only")
    catstown.done("stop", "-s", "staging", "catstown")
    rows = [line.split()[:2] for line in catstown.done("list").lines]
    assert rows == [["birdland", "stopped"], ["catstown", "running"], ["catstown/staging", "stopped"]]
    catstown.engine.world.container("datacats_solr_catstown").state = "exited"
    assert catstown.done("list").lines[1].split()[1] == "partly"
    catstown.done("start", "catstown")
    del catstown.engine.world.containers["datacats_redis_catstown"]
    assert catstown.done("list").lines[1].split()[1] == "partly"


def test_list_asks_the_engine_once_however_many_there_are(catstown: Desk, asked: list[str]) -> None:
    catstown.create("birdland")
    asked.clear()
    catstown.done("list")
    assert asked == ["list containers"]


def test_quiet_list_leaves_the_names(catstown: Desk) -> None:
    assert catstown.done("list", "-q").out == "catstown\n"


@pytest.mark.parametrize(
    ("path", "content", "problem"),
    [
        (WORK / "catstown" / "datacats.toml", b"name = catstown", "is not valid TOML"),
        (HOME / "catstown" / "environment.json", b"{", "environment.json is damaged"),
        (HOME / "catstown" / "sites" / "primary" / "site.json", b"{}", "site.json is damaged"),
    ],
)
def test_list_says_what_is_wrong_with_a_broken_one_and_lists_the_others(
    catstown: Desk, path: object, content: bytes, problem: str
) -> None:
    catstown.create("dogville")
    catstown.disk.add(WORK.joinpath(str(path)), content)
    broken, whole = catstown.done("list").lines
    assert broken.split()[:2] == ["catstown", "broken"]
    assert problem in broken
    assert whole.split()[:2] == ["dogville", "running"]
    assert problem in catstown.done("list", "--json").result["environments"][0]["problem"]


def test_list_names_the_source_directory_that_is_gone(catstown: Desk) -> None:
    catstown.disk.remove_tree(WORK / "catstown")
    assert f"{WORK / 'catstown'} is gone" in catstown.done("list").out


def test_a_broken_environment_keeps_no_other_from_being_made(catstown: Desk) -> None:
    catstown.disk.add(HOME / "catstown" / "sites" / "primary" / "site.json", b"{}")
    assert catstown.done("create", "dogville").out.startswith("dogville is ready")


@pytest.mark.parametrize(
    ("phase", "told"), [("creating", "half made"), ("purging", "half purged"), ("loading", "half loaded")]
)
def test_a_site_that_was_interrupted_is_told_from_one_that_is_whole(desk: Desk, phase: str, told: str) -> None:
    desk.create("catstown")
    path = HOME / "catstown" / "sites" / "primary" / "site.json"
    desk.disk.add(path, desk.disk.read(path).replace(b'"created"', f'"{phase}"'.encode()))
    assert desk.done("list").out.startswith(f"catstown  {told}")
    assert f"({told}; carry on: datacats " in desk.done("info", "catstown").out


def test_open_opens_the_browser_and_prints_the_address(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def browse(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    monkeypatch.setenv("DISPLAY", ":0")
    address = f"http://127.0.0.1:{derived_port('catstown')}/"
    assert catstown.done("open", "catstown").out == f"{address}\n"
    assert opened == [address]
    assert catstown.done("open", "catstown", "--json").result == {"url": address, "opened": True}


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_open_draws_no_browser_into_a_pipe(catstown: Desk, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(webbrowser, "open", lambda _url: pytest.fail("a browser was opened"))
    assert f"http://127.0.0.1:{derived_port('catstown')}/" in catstown.done("open", "catstown", *words).out


def test_open_of_what_does_not_run_opens_nothing_and_says_how_to_start_it(
    catstown: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _url: pytest.fail("a browser was opened"))
    catstown.done("stop", "catstown")
    ran = catstown("open", "catstown")
    assert ran.status == 15
    assert ran.err.splitlines()[-1] == "Next: Start it: datacats start catstown"
