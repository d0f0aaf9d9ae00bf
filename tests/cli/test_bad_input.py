"""What people get wrong: each is told what, why, and what would do, and nothing is left behind."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from datacats.engine.disk_errors import disk_error
from datacats.engine.fake_tree import Node
from datacats.model.derived_port import derived_port
from tests.support.desk import HOME, WORK, Desk

LONG = "a" * 300
EVERYWHERE = "0.0.0.0"  # noqa: S104 - typed, not bound


def refused(desk: Desk, status: int, *words: str) -> str:
    """Type a command that must be refused so, and leave nothing behind; return what it said."""
    desk("list")
    desk.forget()
    ran = desk(*words)
    assert (ran.status, ran.out) == (status, "")
    assert ran.err.startswith("Error: ")
    assert "Traceback" not in ran.err
    assert desk.changes() == []
    return ran.err


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Catstown", "catstown"),
        ("cats_town", "cats-town"),
        ("cats--town", "cats-town"),
        ("catstown-", "catstown"),
        ("9lives", "lives"),
        ("catstown\n", "catstown"),
        ("cats town", "cats-town"),
        ("cätstown", "c-tstown"),
        ("\u0441\u0430tstown", "tstown"),
        (LONG, "a" * 40),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_one_that_can(desk: Desk, name: str, near: str) -> None:
    said = refused(desk, 2, "create", name)
    assert "cannot be the name of an environment" in said
    assert f"for example {near}." in said


@pytest.mark.parametrize("command", ["start", "status", "info", "purge"])
@pytest.mark.parametrize("option", ["-e", "--environment"])
def test_an_environment_that_is_a_word_and_not_an_option_is_said_so(desk: Desk, command: str, option: str) -> None:
    said = refused(desk, 2, command, option, "catstown")
    assert f"Next: The environment is a word of its own here: datacats {command} NAME" in said


@pytest.mark.parametrize("name", ["..", "/", "--", "-", "...", "naïve/..", "."])
def test_a_path_trick_makes_no_environment(desk: Desk, name: str) -> None:
    desk.cwd = Path("/")
    refused(desk, 2, "create", "--", name)


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_refused(desk: Desk, name: str) -> None:
    assert "is empty" in refused(desk, 2, "create", name)


@pytest.mark.parametrize("site", ["Staging", "../primary", "a/b", "", "x\n", "--", LONG, "."])
@pytest.mark.parametrize("command", ["create", "init", "start", "stop", "open", "upgrade"])
def test_a_site_name_that_cannot_be_is_refused_by_every_command(catstown: Desk, command: str, site: str) -> None:
    assert "cannot be the name of a site" in refused(catstown, 2, command, f"--site={site}", "catstown")


def test_a_site_name_never_leads_to_another_environments_files(catstown: Desk) -> None:
    catstown.create("dogville")
    refused(catstown, 2, "stop", "-s", "../../catstown/sites/primary", "dogville")


def test_a_directory_that_is_not_empty_is_left_alone(desk: Desk) -> None:
    desk.disk.add(WORK / "catstown" / "notes.txt", b"mine")
    said = refused(desk, 5, "create", "catstown")
    assert "is there already and is not empty" in said
    assert "datacats init" in said


def test_an_empty_directory_becomes_the_source_directory(desk: Desk) -> None:
    desk.disk.make_directory(WORK / "catstown", 0o755)
    assert desk.done("create", "catstown").out.startswith("catstown is ready")


def test_a_file_in_the_way_is_named(desk: Desk) -> None:
    desk.disk.add(WORK / "catstown", b"mine")
    assert f"{WORK / 'catstown'} is there already and is a file." in refused(desk, 5, "create", "catstown")


def test_a_missing_parent_comes_with_the_command_that_makes_it(desk: Desk) -> None:
    assert f"Next: Make it: mkdir -p {WORK / 'no'}" in refused(desk, 2, "create", "no/catstown")


def test_a_parent_that_may_not_be_written_to_is_named_with_the_reason(desk: Desk) -> None:
    desk.disk.refused[WORK / "catstown" / "ckan.ini"] = errno.EACCES
    ran = desk("create", "catstown")
    assert ran.status == 17
    assert "permission denied" in ran.err
    assert "ls -ld" in ran.err


@pytest.mark.parametrize("file", ["ckan.ini", ".gitignore", "datacats.toml"])
def test_a_full_disk_is_called_so_and_the_same_command_carries_on(
    desk: Desk, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = desk.disk.place

    def full(path: Path, content: bytes, mode: int, owner: tuple[int, int] | None = None) -> None:
        if path.name == file:
            raise disk_error(path, "written", OSError(errno.ENOSPC, ""))
        place(path, content, mode, owner)

    monkeypatch.setattr(desk.disk, "place", full)
    ran = desk("create", "catstown")
    assert ran.status == 17
    assert "no space is left" in ran.err
    monkeypatch.setattr(desk.disk, "place", place)
    assert desk.done("create", "catstown").out.startswith("catstown is ready")


@pytest.mark.parametrize("port", ["cats", "80.5", "0x50"])
def test_a_port_must_be_a_number(desk: Desk, port: str) -> None:
    assert "not a valid integer" in refused(desk, 2, "create", "catstown", port)


@pytest.mark.parametrize("port", ["0", "80", "1023", "65536", "99999999999999999999"])
@pytest.mark.parametrize("command", ["create", "start", "reload"])
def test_a_port_must_be_one_that_web_can_publish(catstown: Desk, command: str, port: str) -> None:
    name = "dogville" if command == "create" else "catstown"
    said = refused(catstown, 2, command, name, port)
    assert "cannot be the port of a site" in said
    assert "from 1024 to 65535" in said


def test_a_chosen_port_that_is_taken_is_refused_with_its_holder_and_never_moved(desk: Desk) -> None:
    desk.http.taken[5001] = "nginx (pid 7)"
    said = refused(desk, 13, "create", "catstown", "5001")
    assert "Port 5001 on 127.0.0.1 is taken by nginx (pid 7)." in said
    assert said.endswith(f"choose another one: datacats create {WORK / 'catstown'} 5002\n")


def test_a_chosen_port_that_a_stopped_site_was_promised_is_refused_with_that_site(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    port = str(catstown.site()["port"])
    assert "is taken by the site catstown/primary" in refused(catstown, 13, "create", "dogville", port)


def test_a_derived_port_that_is_taken_becomes_the_next_free_one_said_aloud(desk: Desk) -> None:
    wanted = derived_port("catstown")
    desk.http.taken |= {wanted: "nginx (pid 7)", wanted + 1: ""}
    ran = desk.done("create", "catstown")
    assert f"Port {wanted} is taken by nginx (pid 7); the site gets {wanted + 2}." in ran.err
    assert f"http://127.0.0.1:{wanted + 2}/" in ran.out
    assert desk.site()["port"] == wanted + 2


@pytest.mark.parametrize("command", ["create", "images build", "images save -", "images push --registry r:1", "pull"])
def test_an_unknown_ckan_version_lists_those_that_are_known(desk: Desk, command: str) -> None:
    words = [*command.split(), "--ckan", "1.8", *(["catstown"] if command == "create" else [])]
    said = refused(desk, 4, *words)
    assert "no CKAN 1.8" in said
    assert all(line in said for line in ("2.12", "2.11", "2.10"))


def test_carrying_on_with_another_ckan_version_is_refused(desk: Desk) -> None:
    desk.add_source(WORK / "catstown", "catstown", ckan="2.11")
    said = refused(desk, 5, "create", "catstown", "--ckan", "2.12")
    assert "is an environment of CKAN 2.11, not 2.12" in said
    assert desk.done("create", "catstown", "--ckan", "2.11.6").status == 0


@pytest.mark.parametrize("address", ["localhost", "999.1.1.1", "127.0.0.1:80", "eth0", ""])
def test_an_address_must_be_one(desk: Desk, address: str) -> None:
    assert "--address 127.0.0.1" in refused(desk, 2, "create", "catstown", f"--address={address}")


@pytest.mark.parametrize(
    "url",
    ["data.example.org", "ftp://x", "http://", "http://x/ckan", "http://x\nSECRET_KEY=y", "http://a b", "http://[x"],
)
def test_a_site_url_must_be_a_web_address_without_a_path(desk: Desk, url: str) -> None:
    assert "cannot be the address of a site" in refused(desk, 2, "create", "catstown", "--site-url", url)


def test_the_development_server_answers_beyond_this_machine_only_for_who_insists(desk: Desk) -> None:
    said = refused(desk, 5, "create", "catstown", "--address", EVERYWHERE)
    assert "debugger" in said
    assert "datacats create --production" in said
    assert "--expose-debugger" in said
    desk.create("catstown", "--address", EVERYWHERE, "--expose-debugger")
    assert desk.site()["address"] == EVERYWHERE


@pytest.mark.parametrize("address", ["127.0.0.2", "::1"])
def test_every_loopback_address_is_harmless(desk: Desk, address: str) -> None:
    desk.create("catstown", "--address", address)
    assert desk.site()["address"] == address


def test_a_site_in_production_may_answer_anywhere_and_not_come_back_as_a_development_server(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--production", "--address", EVERYWHERE)
    assert "debugger" in refused(catstown, 5, "start", "catstown", "--development")
    catstown.done("start", "catstown", "--development", "--expose-debugger")
    assert catstown.done("start", "catstown").out.startswith("Already running")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("version = 1\nname = catstown\n", "is not valid TOML"),
        ('version = 99\nname = "catstown"\nckan = "2.12"\n', "has version 99"),
        ('version = 1\nname = "catstown"\nckam = "2.12"\n', "unknown key 'ckam'"),
        ('version = 1\nname = "catstown"\n', "lacks the key 'ckan'"),
        ('version = 1\nname = "Cats Town"\nckan = "2.12"\n', "cannot be the name"),
        ('version = "1"\nname = "catstown"\nckan = "2.12"\n', "must be a number"),
    ],
)
def test_a_broken_or_newer_environment_file_is_named_with_what_is_wrong(catstown: Desk, toml: str, said: str) -> None:
    catstown.disk.add(WORK / "catstown" / "datacats.toml", toml.encode())
    for command in ("info", "start", "stop", "create"):
        assert said in refused(catstown, 3, command, str(WORK / "catstown"))


@pytest.mark.parametrize(("held", "said"), [("project-dir", "the first datacats"), ("photos", "not made by datacats")])
def test_a_data_directory_of_an_older_layout_or_of_somebody_else_is_left_alone(
    desk: Desk, held: str, said: str
) -> None:
    desk.disk.add(HOME / "catstown" / held)
    desk.disk.add(HOME / "catstown" / "sites" / "primary" / "passwords.ini")
    answer = refused(desk, 5, "create", "catstown")
    assert said in answer
    assert f"mv {HOME / 'catstown'} {HOME / 'catstown'}.old" in answer
    assert said in refused(desk, 5, "purge", "catstown", "-y")


def test_something_else_at_the_place_of_a_data_directory_is_named(desk: Desk) -> None:
    desk.disk.add(HOME / "catstown")
    assert "is there already and is a file" in refused(desk, 5, "create", "catstown")


def test_a_record_of_a_newer_datacats_is_not_read(catstown: Desk) -> None:
    path = HOME / "catstown" / "sites" / "primary" / "site.json"
    catstown.disk.add(path, catstown.disk.read(path).replace(b'"layout": 1', b'"layout": 2'))
    assert "was written by a newer datacats" in refused(catstown, 3, "start", "catstown")


def test_a_data_root_that_is_closed_to_us_is_named_with_the_reason(desk: Desk) -> None:
    desk.disk.refused[HOME] = errno.EACCES
    ran = desk("list")
    assert ran.status == 17
    assert f"{HOME}" in ran.err
    assert "permission denied" in ran.err


def test_a_data_root_on_a_file_is_refused(desk: Desk) -> None:
    desk.disk.tree.put(HOME, Node("file", 0o644, (1000, 1000)))
    assert desk("list").status == 17


def test_the_source_of_a_half_made_data_directory_carries_on(desk: Desk) -> None:
    desk.disk.make_directory(HOME / "catstown" / "sites" / "primary", 0o700)
    desk.add_source(WORK / "catstown", "catstown")
    assert desk.done("create", "catstown").status == 0


@pytest.mark.parametrize("command", ["start", "stop", "info", "open", "upgrade", "purge"])
def test_an_environment_that_is_not_there_points_to_the_list(desk: Desk, command: str) -> None:
    said = refused(desk, 4, command, "nowhere")
    assert "There is no environment 'nowhere'" in said
    assert "datacats list" in said


@pytest.mark.parametrize("command", ["start", "stop", "reload", "open", "upgrade", "purge"])
def test_a_site_that_is_not_there_lists_those_that_are(catstown: Desk, command: str) -> None:
    assert "has no site 'staging' (there is: primary)" in refused(catstown, 4, command, "-s", "staging", "catstown")


@pytest.mark.parametrize("words", [["start"], ["start", "-b"], ["reload", "-s", "staging"], ["init", "--no-sysadmin"]])
def test_a_port_in_the_environments_place_is_told_where_it_goes(desk: Desk, words: list[str]) -> None:
    said = refused(desk, 2, *words, "5001")
    typed = "datacats " + " ".join(words)
    assert said.splitlines() == [
        "Error: 5001 is no name of an environment: the port comes second.",
        f"Next: For the environment of this directory: {typed} . 5001; if it is a directory: {typed} ./5001",
    ]


def test_a_number_that_is_a_directory_can_be_named_as_one(desk: Desk) -> None:
    desk.add_source(desk.cwd / "5001", "catstown")
    assert desk.done("init", "./5001").status == 0
    assert desk.done("start", "./5001", "5002").out.startswith("Running at http://127.0.0.1:5002")


@pytest.mark.parametrize(("command", "choices"), [("restart", "web"), ("completion", "bash")])
def test_a_choice_that_is_left_out_is_told_as_any_other_word(catstown: Desk, command: str, choices: str) -> None:
    ran = catstown(command)
    assert (ran.status, choices in ran.err) == (2, True)
    assert ran.err.endswith(f"Next: See: datacats {command} --help\n")


def test_the_name_that_list_prints_of_a_further_site_is_explained(catstown: Desk) -> None:
    ran = catstown("info", "catstown/sandbox")
    assert ran.err.endswith("Next: Of the environment catstown, the site is named by -s sandbox\n")


def test_an_environment_that_was_moved_is_started_by_its_path(catstown: Desk) -> None:
    catstown.disk.move(WORK / "catstown", WORK / "moved")
    ran = catstown("init", WORK / "moved")
    assert ran.err.endswith(f"Next: Start it: datacats start {WORK / 'moved'}\n")
