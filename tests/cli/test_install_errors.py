"""What ``install`` and ``start`` say of packages that cannot be had, and of what a source asks for and has not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datacats.engine.fake_world import Call, Outcome
from tests.cli.test_install import LAYER, SOURCE, index, mounted, own, text
from tests.support.index import Index

__all__ = ["index"]

PROJ = "c.c:1:10: fatal error: proj.h: No such file or directory\nerror: Failed to build `x`\n"


def test_a_compiler_that_misses_headers_is_shown_with_the_packages_that_bring_them(index: Index) -> None:
    index.clash = PROJ
    ran = index.desk("install", "-e", "catstown", "ckanext-scheming")
    assert (ran.status, "  | c.c:1:10: fatal error: proj.h" in ran.err) == (16, True)
    assert 'system_packages = ["libproj-dev", "proj-bin"]' in ran.err.splitlines()[-1]


def test_packages_that_resolve_and_do_not_build_leave_no_layer_and_change_nothing(index: Index) -> None:
    before = text(index.desk, "datacats.toml")
    index.unlaid = PROJ
    ran = index.desk("install", "-e", "catstown", "ckanext-scheming")
    assert (ran.status, "libproj-dev" in ran.err) == (16, True)
    assert text(index.desk, "datacats.toml") == before
    assert [name for name in index.desk.disk.names(LAYER) if not name.endswith(".making")] == []
    index.unlaid = ""
    index.desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert [name for name in index.desk.disk.names(LAYER) if name.endswith(".making")] == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Because no-such was not found in the package registry and", "The package index has no no-such."),
        ("the requested Python version (>=3.11.2) does not satisfy Python>=3.12", "needs another Python"),
        ("Failed to download `x==2`\nHash mismatch for `x==2`", "datacats.lock does not match the package index: x==2"),
        ("Updating https://a.b/c (v9)\nerror: Git operation failed\nfatal: no", "Git cannot fetch https://a.b/c (v9)."),
        (
            "error: Couldn't parse requirement in `/t`\ncause: No version\n   x>=\n    ^",
            "x>= is no requirement: No version.",
        ),
        ("Because there is no version of x==99 and you require x==99, we", "The package index has no x==99."),
        ("Because only x<=3.1 is available and you require x>=99, we", "The package index has no x>=99, only x<=3.1."),
        ("error: Failed to build `x`", "A package does not build."),
        ("error sending request for url (https://index.example/simple/x/)", "The package index cannot be reached."),
        ("Because a==1 depends on b>=2", "The extensions cannot be installed together."),
    ],
)
def test_what_the_resolver_says_is_told_in_one_line_and_shown(index: Index, said: str, told: str) -> None:
    index.clash = said
    ran = index.desk("install", "-e", "catstown", "ckanext-scheming")
    assert ran.status == 16
    assert told in ran.err.splitlines()[-2 - len(said.splitlines())]
    assert [line[4:] for line in ran.err.splitlines() if line.startswith("  | ")] == said.splitlines()


CONFLICT = """\
<<<<<<< HEAD
{mine}
||||||| base
{mine}
=======
{theirs}
>>>>>>> theirs
"""


def test_a_version_that_does_not_exist_is_told_with_the_command_that_takes_one_that_does(index: Index) -> None:
    index.clash = "Because there is no version of x==99 and you require x==99, we can conclude"
    ran = index.desk("install", "-e", "catstown", "x==99")
    assert ran.err.splitlines()[-1] == "Next: Leave the version out: datacats install x. Nothing was changed."


def test_a_lock_in_conflict_is_refused_with_what_mends_it_and_that_does(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming", "ckanext-odd")
    desk.done("install", "-e", "catstown", "ckanext-odd")
    ini = text(desk, "ckan.ini").replace(" odd\n", "\n")
    desk.disk.add(SOURCE / "ckan.ini", ini.encode())
    mine = text(desk, "datacats.lock")
    theirs = mine.replace("3.1.0", "3.0.0")
    desk.disk.add(SOURCE / "datacats.lock", CONFLICT.format(mine=mine.strip(), theirs=theirs.strip()).encode())
    ran = desk("install", "-e", "catstown", "plain")
    assert (ran.status, ran.err.splitlines()) == (
        3,
        [
            f"Error: {SOURCE}/datacats.lock is in conflict (line 1).",
            "Next: Resolve it anew: datacats install --upgrade; or remove it, then: datacats install",
        ],
    )
    desk.done("install", "-e", "catstown", "--upgrade")
    assert text(desk, "datacats.lock") == mine
    assert text(desk, "ckan.ini") == ini, "what was disabled by hand stays so"


def test_a_release_that_is_known_not_to_run_is_told_before_it_is_tried(index: Index) -> None:
    index.add("ckanext-showcase", "1.5.1", showcase="ckanext.showcase.plugin:ShowcasePlugin")
    ran = index.desk("install", "-e", "catstown", "ckanext-showcase")
    assert (ran.status, "ckanext-showcase 1.5.1 does not run on CKAN 2.12.0: it calls" in ran.err) == (16, True)
    assert [command for command in index.ran if "resolve" not in command] == []
    assert index.desk("install", "-e", "catstown", "ckanext-showcase", "--dry-run").status == 16
    index.desk.done("install", "-e", "catstown", "ckanext-showcase", "--no-enable")


def test_a_later_release_of_it_is_tried(index: Index) -> None:
    index.add("ckanext-showcase", "1.6.0", showcase="ckanext.showcase.plugin:ShowcasePlugin")
    index.desk.done("install", "-e", "catstown", "ckanext-showcase")


@pytest.mark.parametrize("verb", ["resolve", "lay", "/usr/lib/datacats/migrate.py"])
def test_an_interrupt_changes_nothing_and_the_next_run_works(index: Index, verb: str) -> None:
    desk, before = index.desk, text(index.desk, "datacats.toml")

    def interrupted(call: Call) -> Outcome:
        if call.command[-1] == verb:
            raise KeyboardInterrupt
        return index.program(call)

    desk.engine.world.program = interrupted
    assert desk("install", "-e", "catstown", "ckanext-scheming").status == 130
    assert (text(desk, "datacats.toml"), mounted(desk)) == (before, "")
    assert desk.disk.entry(SOURCE / "datacats.lock") is None
    desk.engine.world.program = index.program
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert Path(mounted(desk)).parent == LAYER


def test_one_installation_prepares_its_container_once(index: Index) -> None:
    seen: list[str] = []
    real = index.desk.engine.images.exists
    index.desk.engine.images.exists = lambda ref: (seen.append(str(ref)), real(ref))[1]  # type: ignore[method-assign,func-returns-value]
    index.desk.done("install", "-e", "catstown", "ckanext-scheming", "--no-enable")
    assert len([ref for ref in seen if ref.startswith("datacats/build:")]) <= 2, "asked, and again before it is built"


@pytest.mark.parametrize(
    ("before", "after"),
    [('"ckanext-scheming"]', '"ckanext-scheming", "plain"]'), ("[env]", 'overrides = ["six>=1"]\n[env]')],
)
def test_start_says_when_what_is_asked_for_in_the_toml_was_changed_by_hand(
    index: Index, before: str, after: str
) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert "Install it" not in desk.done("start", "catstown").err
    toml = text(desk, "datacats.toml")
    assert before in toml
    desk.disk.add(SOURCE / "datacats.toml", toml.replace(before, after).encode())
    assert "Install it: datacats install -e catstown" in desk.done("start", "catstown").err


def test_a_dry_run_of_start_shows_tables_tokens_and_the_image_of_system_packages(index: Index) -> None:
    desk = index.desk
    desk.done("stop", "catstown")
    desk.done("install", "-e", "catstown", "ckanext-xloader")
    toml = text(desk, "datacats.toml").replace("[env]", 'system_packages = ["libgeos-c1v5"]\n[env]')
    desk.disk.add(SOURCE / "datacats.toml", toml.encode())
    desk.forget()
    lines = desk.done("start", "catstown", "--dry-run").lines
    steps = [" ".join(line.split()[1:3]) for line in lines]
    assert steps[0] == "build datacats/web:2.12.0-" + lines[0].split("datacats/web:2.12.0-")[1].split()[0]
    where = {word: next(i for i, line in enumerate(lines) if word in line) for word in ("migrate both", "make_token")}
    postgres = next(i for i, line in enumerate(lines) if "start datacats_postgres_catstown" in line)
    web = next(i for i, line in enumerate(lines) if line.split()[1:3] == ["start", "datacats_web_catstown"])
    assert postgres < where["migrate both"] < where["make_token"] < web
    assert len(lines) == len({" ".join(line.split()[1:]) for line in lines}), "no step is shown twice"
    assert desk.changes() == []
    desk.done("start", "catstown")
    assert desk.done("start", "catstown", "--dry-run").out == "Nothing to do.\n"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("E: Unable to locate package libcats", "names what Debian has not: libcats."),
        ("E: Package 'libcats' has no installation candidate", "names what Debian has not: libcats."),
        ("Temporary failure resolving deb.example", "cannot be installed: Building datacats/web:"),
    ],
)
def test_system_packages_that_cannot_be_had_are_told_with_the_file_that_names_them(
    index: Index, said: str, told: str
) -> None:
    desk = index.desk
    toml = text(desk, "datacats.toml").replace("[env]", 'system_packages = ["libcats"]\n[env]')
    desk.disk.add(SOURCE / "datacats.toml", toml.encode())

    def program(call: Call) -> Outcome:
        return Outcome(100, b"", said.encode()) if "packages.txt" in call.command[-1] else index.program(call)

    desk.engine.world.program = program
    for words in (("reload", "catstown"), ("install", "-e", "catstown", "plain")):
        ran = desk(*words)
        headline = next(line for line in ran.err.splitlines() if line.startswith("Error: "))
        assert (ran.status, f"  | {said}" in ran.err) == (10, True)
        assert headline.startswith(f"Error: system_packages in {SOURCE}/datacats.toml {told}")
        assert f"system_packages in {SOURCE}/datacats.toml, then give the command again" in ran.err.splitlines()[-1]


def test_a_start_looks_once_for_the_packages_of_the_source(index: Index) -> None:
    desk = index.desk
    own(desk)
    desk.done("install", "-e", "catstown")
    looked: list[Path] = []
    real = desk.disk.names
    desk.disk.names = lambda path: (looked.append(path), real(path))[1]  # type: ignore[method-assign,func-returns-value]
    desk.done("start", "catstown")
    assert looked.count(SOURCE) == 1


def test_outdated_tells_of_what_can_be_had_and_of_what_a_pin_keeps_out(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming", "ckanext-xloader")
    assert "outdated" not in desk.done("extensions", "catstown").out
    index.add("ckanext-scheming", "3.2.0", scheming_datasets="ckanext.scheming.plugins:Datasets")
    index.kept = [{"name": "ckanext-xloader", "chosen": "2.5.2", "newest": "2.6.0", "pins": ["urllib3==2.7.0"]}]
    lock = text(desk, "datacats.lock")
    way = "datacats install --upgrade ckanext-scheming"
    assert desk.done("extensions", "catstown", "--outdated").lines == [
        f"ckanext-scheming 3.1.0  index  scheming_datasets  outdated: 3.2.0 ({way})",
        "ckanext-xloader 2.5.2  index  xloader  2.6.0 is kept out by CKAN's urllib3==2.7.0",
    ]
    found = desk.done("extensions", "catstown", "--outdated", "--json").result["extensions"]
    assert [(each["fits"], each["newest"], each["pins"]) for each in found] == [
        ("3.2.0", "3.2.0", []),
        ("2.5.2", "2.6.0", ["urllib3==2.7.0"]),
    ]
    assert text(desk, "datacats.lock") == lock


def test_outdated_without_network_is_one_clear_line(index: Index) -> None:
    index.desk.done("install", "-e", "catstown", "ckanext-scheming")
    index.clash = "error sending request for url (https://index.example/simple/x/): dns error"
    ran = index.desk("extensions", "catstown", "--outdated", "--json")
    assert (ran.status, ran.error["kind"]) == (16, "IndexUnreachable")
    assert json.loads(ran.out)["error"]["message"] == "The package index cannot be reached."
