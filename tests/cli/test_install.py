"""``install`` and ``uninstall``: what is resolved, written, enabled, and what a failure leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datacats.store import ckan_ini
from tests.support.desk import HOME, WORK, Desk
from tests.support.index import Index

SOURCE = WORK / "catstown"
LAYER = HOME / "catstown" / "layers"
PROJECT = """\
[project]
name = "ckanext-whiskers"
version = "0.1"
{more}
[project.entry-points."ckan.plugins"]
whiskers = "ckanext.whiskers.plugin:Whiskers"
"""


@pytest.fixture
def index(desk: Desk) -> Index:
    """An index with a few extensions, and a running site without a theme."""
    desk.create("catstown", "--bare")
    index = Index(desk)
    index.add("ckanext-scheming", "3.1.0", scheming_datasets="ckanext.scheming.plugins:Datasets")
    index.add("ckanext-xloader", "2.5.2", xloader="ckanext.xloader.plugin:xloaderPlugin")
    index.add("ckanext-odd", "1.0", odd="ckanext.odd.plugin:Odd", odd_test="ckanext.odd.tests.plugin:Test")
    index.add("plain", "1.0")
    desk.engine.world.program = index.program
    return index


def text(desk: Desk, name: str) -> str:
    return desk.disk.read(SOURCE / name).decode()


def plugins(desk: Desk) -> tuple[str, ...]:
    return ckan_ini.plugins(desk.disk.read(SOURCE / "ckan.ini"))


def own(desk: Desk, more: str = "") -> None:
    desk.disk.add(SOURCE / "ckanext-whiskers" / "pyproject.toml", PROJECT.format(more=more).encode())


def mounted(desk: Desk, service: str = "web") -> str:
    mounts = desk.engine.world.container(f"datacats_{service}_catstown").spec.mounts
    return next((mount.source for mount in mounts if mount.target == "/usr/lib/extensions"), "")


def test_an_extension_is_asked_for_locked_enabled_configured_and_in_web(index: Index) -> None:
    desk = index.desk
    ran = desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert 'extensions = ["ckanext-scheming"]' in text(desk, "datacats.toml")
    assert "ckanext-scheming==3.1.0 \\\n    --hash=sha256:" in text(desk, "datacats.lock")
    assert plugins(desk)[-1] == "scheming_datasets"
    assert "scheming.dataset_schemas = ckanext.scheming:ckan_dataset.yaml" in text(desk, "ckan.ini")
    assert Path(mounted(desk)).parent == LAYER
    assert ran.lines == [
        "Enabled in ckan.ini: scheming_datasets",
        "Installed: ckanext-scheming 3.1.0 (1 package)",
    ]


def test_bare_addresses_are_all_kept_when_nothing_is_locked_yet(index: Index) -> None:
    desk = index.desk
    index.clash = "Because the network is down"
    toml = text(desk, "datacats.toml")
    there = toml.replace(
        "extensions = []", 'extensions = ["git+https://example.org/dogs", "git+https://example.org/cats"]'
    )
    desk.disk.add(SOURCE / "datacats.toml", there.encode())
    desk("install", "-e", "catstown", "git+https://example.org/mice@v1", "git+https://example.org/cats@v2")
    assert index.asked[-1]["asked"] == [
        "git+https://example.org/dogs",
        "git+https://example.org/cats@v2",
        "git+https://example.org/mice@v1",
    ]
    index.clash = ""
    desk.done("install", "-e", "catstown")
    assert text(desk, "datacats.toml") == there


def test_ckan_is_proven_to_start_with_it_before_web_is_replaced(index: Index) -> None:
    desk = index.desk
    index.broken = "ImportError: no chardet"
    before = desk.disk.read(SOURCE / "ckan.ini"), desk.disk.read(SOURCE / "datacats.toml")
    web = desk.engine.world.container("datacats_web_catstown").id
    ran = desk("install", "-e", "catstown", "ckanext-scheming")
    assert (ran.status, "ImportError: no chardet" in ran.err) == (16, True)
    assert (desk.disk.read(SOURCE / "ckan.ini"), desk.disk.read(SOURCE / "datacats.toml")) == before
    assert desk.disk.entry(SOURCE / "datacats.lock") is None
    assert desk.engine.world.container("datacats_web_catstown").id == web


def test_a_clash_shows_the_resolvers_words_and_changes_nothing(index: Index) -> None:
    index.clash = "Because a==1 depends on b>=2 and c==1 depends on b<2, we can conclude that a and c clash."
    before = text(index.desk, "datacats.toml")
    ran = index.desk("install", "-e", "catstown", "ckanext-scheming", "--json")
    assert (ran.status, ran.error["kind"], ran.error["detail"]) == (16, "Unresolvable", index.clash)
    assert text(index.desk, "datacats.toml") == before
    assert mounted(index.desk) == ""


def test_a_second_install_has_nothing_to_do_and_asks_no_container(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    index.ran.clear()
    desk.forget()
    assert desk.done("install", "-e", "catstown").lines == ["Nothing to do."]
    assert (index.ran, desk.changes()) == ([], [])


def test_a_release_that_a_pin_kept_out_is_named_with_the_pin(index: Index) -> None:
    index.kept = [
        {"name": "ckanext-xloader", "chosen": "2.5.2", "newest": "2.6.0", "pins": ["urllib3==2.7.0"]},
    ]
    ran = index.desk.done("install", "-e", "catstown", "ckanext-xloader")
    assert "ckanext-xloader 2.6.0 is kept out by CKAN's urllib3==2.7.0; 2.5.2 is installed." in ran.lines


def test_an_extension_that_wants_a_token_and_the_sites_own_settings_gets_them_and_keeps_them(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-xloader")
    ini = HOME / "catstown" / "sites" / "primary" / "run" / "web" / "ckan.ini"
    written = desk.disk.read(ini).decode()
    assert "ckanext.xloader.api_token = a.token" in written
    assert "ckanext.xloader.jobs_db.uri = postgresql://ckan:" in written
    index.ran.clear()
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert not [command for command in index.ran if "make_token" in command]


def test_a_package_of_the_source_directory_needs_no_container_and_comes_first(index: Index) -> None:
    desk = index.desk
    own(desk)
    desk.done("install", "-e", "catstown")
    assert plugins(desk)[0] == "whiskers"
    assert "-e ./ckanext-whiskers" in text(desk, "datacats.lock")
    layer = Path(mounted(desk))
    assert desk.disk.read(layer / "__editable__.ckanext_whiskers.pth") == b"/project/ckanext-whiskers\n"
    assert [command for command in index.ran if "extensions.py" in command] == []


def test_what_a_package_of_the_source_requires_is_resolved_with_the_rest(index: Index) -> None:
    own(index.desk, 'dependencies = ["plain"]')
    index.desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert index.asked[0]["requires"] == ["plain"]
    assert "plain==1.0" in text(index.desk, "datacats.lock")


def test_what_requirements_files_lead_to_is_installed_and_what_cannot_be_is_told(index: Index) -> None:
    desk = index.desk
    desk.disk.add(SOURCE / "ckanext-old" / "setup.py", b"from setuptools import setup; setup()")
    desk.disk.add(SOURCE / "ckanext-old" / "requirements.txt", b"-r more.txt\n-c pins.txt\n")
    desk.disk.add(SOURCE / "ckanext-old" / "more.txt", b"plain\n")
    for _ in range(2):
        ran = desk.done("install", "-e", "catstown")
        assert "Left out of what is installed: ckanext-old/requirements.txt: -c pins.txt" in ran.lines
    assert index.asked[0]["requires"] == ["plain"]
    assert "plain==1.0" in text(desk, "datacats.lock")
    desk.done("install", "-e", "catstown", "--upgrade")
    assert index.asked[1]["requires"] == ["plain"]


def test_metadata_that_must_be_built_is_asked_for_once(index: Index) -> None:
    desk = index.desk
    desk.disk.add(SOURCE / "ckanext-old" / "setup.py", b"from setuptools import setup; setup()")
    desk.done("install", "-e", "catstown")
    assert index.asked[0]["unbuilt"] == ["ckanext-old"]
    index.asked.clear()
    desk.done("install", "-e", "catstown")
    assert index.asked == []


def test_two_directories_of_one_package_are_refused(index: Index) -> None:
    desk = index.desk
    own(desk)
    desk.disk.add(SOURCE / "copy" / "pyproject.toml", PROJECT.format(more="").encode())
    ran = desk("install", "-e", "catstown")
    assert ran.status == 5
    assert "ckanext-whiskers and copy are both the package ckanext-whiskers" in ran.err


def test_two_directories_whose_builds_make_one_package_are_refused_however_often(index: Index) -> None:
    desk = index.desk
    index.built = {"one": "ckanext-old", "two": "ckanext-old"}
    for directory in index.built:
        desk.disk.add(SOURCE / directory / "setup.py", b"from setuptools import setup; setup()")
    for _ in range(2):
        ran = desk("install", "-e", "catstown")
        assert (ran.status, "one and two are both the package ckanext-old" in ran.err) == (5, True)
    assert desk.disk.entry(SOURCE / "datacats.lock") is None


def test_packages_of_the_source_that_require_one_another_need_no_index_for_that(index: Index) -> None:
    desk = index.desk
    own(desk, 'dependencies = ["ckanext-cats>=2", "plain"]')
    cats = PROJECT.format(more='dependencies = ["ckanext-whiskers"]').replace('whiskers"\nv', 'cats"\nv')
    desk.disk.add(SOURCE / "cats" / "pyproject.toml", cats.replace("\nwhiskers =", "\ncats =").encode())
    index.add("ckanext-cats", "1.0", cats="a:B")
    desk.done("install", "-e", "catstown")
    assert (index.asked[0]["requires"], index.asked[0]["own"]) == (["plain"], ["ckanext-cats", "ckanext-whiskers"])
    assert "ckanext-cats==" not in text(desk, "datacats.lock")
    assert {"cats", "whiskers"} <= set(plugins(desk))
    index.asked.clear()
    own(desk, 'dependencies = ["ckanext-cats>=2"]')
    desk.done("install", "-e", "catstown")
    assert index.asked == []


def test_a_clone_of_a_known_extension_gets_what_its_releases_need_and_do_not_name(index: Index) -> None:
    desk = index.desk
    index.built = {"loader": "ckanext-xloader"}
    index.add("chardet", "5.0")
    desk.disk.add(SOURCE / "loader" / "setup.py", b"from setuptools import setup; setup()")
    desk.done("install", "-e", "catstown")
    assert "chardet==5.0" in text(desk, "datacats.lock")
    asked = len(index.asked)
    assert desk.done("install", "-e", "catstown").lines[0] == "Nothing to do."
    assert len(index.asked) == asked


def test_a_package_without_a_plugin_is_installed_and_it_is_said(index: Index) -> None:
    ran = index.desk.done("install", "-e", "catstown", "plain")
    assert "plain has no plugin; nothing was enabled for it." in ran.lines


def test_plugins_that_lie_among_tests_are_not_enabled(index: Index) -> None:
    index.desk.done("install", "-e", "catstown", "ckanext-odd")
    assert plugins(index.desk)[-1] == "odd"


def test_a_plugin_that_was_disabled_by_hand_stays_so_until_it_is_asked_for_by_name(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-odd")
    ini = text(desk, "ckan.ini")
    desk.disk.add(SOURCE / "ckan.ini", ini.replace(" odd\n", "\n").encode())
    desk.done("install", "-e", "catstown", "plain")
    assert "odd" not in plugins(desk)
    desk.done("install", "-e", "catstown", "ckanext-odd")
    assert "odd" in plugins(desk)


def test_uninstall_takes_plugins_settings_and_code_out_again(index: Index) -> None:
    desk = index.desk
    before = text(desk, "ckan.ini")
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    ran = desk.done("uninstall", "-e", "catstown", "ckanext-scheming")
    assert ran.lines[0] == "Disabled in ckan.ini: scheming_datasets"
    assert text(desk, "ckan.ini") == before
    assert "extensions = []" in text(desk, "datacats.toml")
    assert desk.disk.entry(SOURCE / "datacats.lock") is None
    assert mounted(desk) == ""
    assert desk.disk.names(LAYER) == ()


def test_uninstalling_what_is_not_there_names_what_is(index: Index) -> None:
    index.desk.done("install", "-e", "catstown", "ckanext-scheming")
    ran = index.desk("uninstall", "-e", "catstown", "ckanext-nothing")
    assert (ran.status, "there is: ckanext-scheming" in ran.err) == (4, True)


def test_no_enable_leaves_the_ini_alone(index: Index) -> None:
    before = text(index.desk, "ckan.ini")
    index.desk.done("install", "-e", "catstown", "ckanext-scheming", "--no-enable")
    assert text(index.desk, "ckan.ini") == before


def test_a_site_that_does_not_run_gets_its_tables_when_it_is_started(index: Index) -> None:
    desk = index.desk
    desk.done("stop", "catstown")
    ran = desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert ran.lines[-1] == "No site runs. Start it: datacats start catstown"
    assert not [command for command in index.ran if "migrate.py" in command]
    desk.done("start", "catstown")
    assert [command for command in index.ran if "migrate.py" in command]
    assert Path(mounted(desk)).parent == LAYER


def test_clean_lays_the_same_lock_anew(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    layer = Path(mounted(desk))
    desk.disk.add(layer / "spoilt.py", b"")
    desk.done("install", "-e", "catstown", "--clean")
    assert desk.disk.entry(Path(mounted(desk)) / "ckanext_scheming-3.1.0.dist-info" / "METADATA") is not None
    assert desk.disk.entry(Path(mounted(desk)) / "spoilt.py") is None


def test_system_packages_become_an_image_of_their_own(index: Index) -> None:
    desk = index.desk
    toml = text(desk, "datacats.toml").replace("[env]", 'system_packages = ["libgeos-c1v5"]\n[env]')
    desk.disk.add(SOURCE / "datacats.toml", toml.encode())
    desk.done("reload", "catstown")
    plain = desk.site()["images"]["web"]
    assert str(desk.engine.world.container("datacats_web_catstown").spec.image).startswith(f"{plain}-")


@pytest.mark.parametrize(
    "words",
    [
        "ckan user list",
        "run env",
        "service add cron",
        "demo-data catstown",
        "tweak --new-secrets catstown",
        "db load -",
        "files export -",
        "files import -",
        "spare catstown",
        "start catstown",
        "start -i catstown",
    ],
)
def test_whatever_needs_the_image_with_system_packages_makes_it(index: Index, words: str) -> None:
    desk = index.desk
    desk.cwd = SOURCE
    toml = text(desk, "datacats.toml").replace("[env]", 'system_packages = ["libgeos-c1v5"]\n[env]')
    desk.disk.add(SOURCE / "datacats.toml", toml.encode())
    desk.done(*words.split(), stdin=b"PGDMP")
    assert [name for name in desk.engine.world.images if name.startswith(f"{desk.site()['images']['web']}-")]


@pytest.mark.parametrize("words", ["psql", "db dump -", "tweak --admin-password-stdin catstown"])
def test_what_needs_no_image_of_web_makes_none(index: Index, words: str) -> None:
    desk = index.desk
    desk.cwd = SOURCE
    toml = text(desk, "datacats.toml").replace("[env]", 'system_packages = ["libgeos-c1v5"]\n[env]')
    desk.disk.add(SOURCE / "datacats.toml", toml.encode())
    desk.done(*words.split(), stdin=b"correct horse\n")
    assert [line for line in desk.engine.mutations if line.startswith("build")] == []


def test_a_dry_run_of_service_shows_the_image_of_system_packages(index: Index) -> None:
    desk = index.desk
    toml = text(desk, "datacats.toml").replace("[env]", 'system_packages = ["libgeos-c1v5"]\n[env]')
    desk.disk.add(SOURCE / "datacats.toml", toml.encode())
    lines = desk.done("service", "add", "cron", "-e", "catstown", "--dry-run").lines
    assert " build datacats/web:" in lines[0]


def test_extensions_lists_what_is_installed_where_it_comes_from_and_what_is_off(index: Index) -> None:
    desk = index.desk
    own(desk)
    desk.done("install", "-e", "catstown", "ckanext-odd")
    ini = text(desk, "ckan.ini").replace(" odd\n", " ghost\n")
    desk.disk.add(SOURCE / "ckan.ini", ini.encode())
    assert desk.done("extensions", "catstown").lines == [
        "ckanext-odd 1.0  index  (odd)",
        "ckanext-whiskers 0.1  ./ckanext-whiskers  whiskers",
        "Enabled in ckan.ini but not installed: ghost",
    ]


def test_extensions_of_a_plain_environment_says_how_to_begin(desk: Desk) -> None:
    desk.create("catstown", "--bare")
    assert (
        desk.done("extensions", "catstown").lines[0].startswith("Nothing is installed. Install one: datacats install")
    )


def test_a_dry_run_resolves_and_says_what_would_change_and_changes_nothing(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    index.add("ckanext-scheming", "3.2.0", scheming_datasets="ckanext.scheming.plugins:Datasets")
    before = {name: desk.disk.read(SOURCE / name) for name in desk.disk.names(SOURCE)}
    ran = desk.done("install", "-e", "catstown", "--upgrade", "plain", "--dry-run")
    assert ran.lines[:2] == [
        "then install ckanext-scheming 3.2.0 in place of 3.1.0",
        "then install plain 1.0",
    ]
    assert {name: desk.disk.read(SOURCE / name) for name in desk.disk.names(SOURCE)} == before


def test_a_clone_is_made_with_the_extensions_of_its_lock_and_their_tables(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    index.ran.clear()
    index.asked.clear()
    desk.done("init", "catstown", "-s", "second", "--admin-password-stdin", stdin=b"correct horse\n")
    assert index.asked == []
    assert len([command for command in index.ran if "migrate.py" in command]) == 1
    mounts = desk.engine.world.container("datacats_web_catstown_second").spec.mounts
    assert mounted(desk) in {mount.source for mount in mounts}


def test_start_says_when_the_source_asks_for_what_is_not_installed(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    lock = text(desk, "datacats.lock").replace("3.1.0", "3.0.0")
    desk.disk.add(SOURCE / "datacats.lock", lock.encode())
    assert "Install it: datacats install -e catstown" in desk.done("start", "catstown").err


def test_the_extension_in_whose_code_ckan_ended_is_named_with_the_way_out(index: Index) -> None:
    index.broken = (
        '  File "/usr/lib/extensions/ckanext/scheming/plugins.py", line 1, in x\n'
        '  File "/usr/lib/ckan/lib/python3.11/site-packages/ckan/x.py", line 1, in y\n'
        "AttributeError: no tab\n"
    )
    ran = index.desk("install", "-e", "catstown", "ckanext-scheming")
    assert "CKAN 2.12.0 does not start with ckanext-scheming: AttributeError: no tab" in ran.err
    way = "Another release may do: datacats install -e catstown 'ckanext-scheming==VERSION'"
    assert ran.err.splitlines()[-1] == f"Next: Nothing was changed. {way}"


def test_an_extension_of_another_name_than_its_code_is_named_as_the_index_does(index: Index) -> None:
    index.add("datapusher-plus", "1.0", pusher="ckanext.datapusher_plus.plugin:Pusher")
    index.broken = '  File "/usr/lib/extensions/ckanext/datapusher_plus/plugin.py", line 1, in x\nKeyError: 1\n'
    ran = index.desk("install", "-e", "catstown", "datapusher-plus")
    assert "does not start with datapusher-plus: KeyError: 1" in ran.err
    assert ran.err.splitlines()[-1].endswith("datacats install -e catstown 'datapusher-plus==VERSION'")


def test_the_file_of_an_extension_of_the_source_in_which_ckan_ended_is_what_to_mend(index: Index) -> None:
    desk = index.desk
    own(desk)
    where = "ckanext-whiskers/ckanext/whiskers/plugin.py"
    index.broken = f'  File "/project/{where}", line 1, in x\nNameError: purr\n'
    ran = desk("install", "-e", "catstown")
    assert "does not start with ckanext-whiskers: NameError: purr" in ran.err
    assert ran.err.splitlines()[-1] == f"Next: Nothing was changed. Mend {where}"
    index.broken = ""
    desk.done("install", "-e", "catstown")
    desk.done("stop", "catstown")
    desk.disk.add(SOURCE / "ckanext-whiskers" / "ckanext" / "whiskers" / "migration" / "w" / "versions" / "1.py", b"")
    index.broken = f'  File "/project/{where}", line 1, in x\nNameError: purr\n'
    way = f"Mend {where}; or take it out: datacats uninstall -e catstown ckanext-whiskers"
    assert desk("start", "catstown").err.splitlines()[-1] == f"Next: {way}"


@pytest.mark.parametrize("said", ["Plugin 'ghost' not found.", "ghost"])
def test_a_plugin_that_no_package_has_is_to_be_taken_out_of_the_ini(index: Index, said: str) -> None:
    index.broken = f"ckan.plugins.base.PluginNotFoundException: {said}\n\nDid you install it?\n"
    ran = index.desk("install", "-e", "catstown", "ckanext-scheming")
    headline, *_, way = ran.err.splitlines()[-5:]
    assert headline == "Error: CKAN 2.12.0 does not start: no package has the plugin ghost that ckan.ini enables."
    assert f"Take ghost out of ckan.plugins in {SOURCE}/ckan.ini" in way


def test_a_plugin_that_breaks_ckan_at_start_is_named_with_the_way_out(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming", "--no-enable")
    desk.done("stop", "catstown")
    ini = text(desk, "ckan.ini").replace("image_view\n", "image_view scheming_datasets\n", 1)
    desk.disk.add(SOURCE / "ckan.ini", ini.encode())
    index.broken = '  File "/usr/lib/extensions/ckanext/scheming/plugins.py", line 1, in x\nKeyError: 1\n'
    ran = desk("start", "catstown")
    assert ran.err.splitlines()[-1].endswith("datacats uninstall -e catstown ckanext-scheming")


def test_the_services_of_an_extension_come_and_go_with_it(index: Index) -> None:
    desk = index.desk
    index.add("ckanext-harvest", "1.6.3", harvest="a:B", ckan_harvester="a:C")
    before = text(desk, "datacats.toml")
    desk.done("install", "-e", "catstown", "ckanext-harvest")
    assert "harvest-gather = true" in text(desk, "datacats.toml")
    assert desk.states()["datacats_harvest-fetch_catstown"] == "running"
    desk.done("uninstall", "-e", "catstown", "ckanext-harvest")
    assert "datacats_harvest-fetch_catstown" not in desk.states()
    assert text(desk, "datacats.toml") == before


def test_harvesting_is_run_at_its_times_and_no_more_when_it_goes(index: Index) -> None:
    desk = index.desk
    index.add("ckanext-harvest", "1.6.3", harvest="a:B", ckan_harvester="a:C")
    before = text(desk, "datacats.toml")
    ran = desk.done("install", "-e", "catstown", "ckanext-harvest")
    assert '"*/5 * * * *" = "ckan harvester run"' in text(desk, "datacats.toml")
    assert "Switched on in datacats.toml: harvest-gather, harvest-fetch" in ran.lines
    assert "Added to [cron] of datacats.toml: ckan harvester run (*/5 * * * *)" in ran.lines
    (entry,) = desk.engine.world.container("datacats_cron_catstown").spec.command[-1:]
    assert json.loads(entry)["run"] == "ckan harvester run"
    desk.done("uninstall", "-e", "catstown", "ckanext-harvest")
    assert "datacats_cron_catstown" not in desk.states()
    assert text(desk, "datacats.toml") == before


def test_a_time_that_somebody_chose_for_it_is_kept(index: Index) -> None:
    desk = index.desk
    index.add("ckanext-harvest", "1.6.3", harvest="a:B", ckan_harvester="a:C")
    hourly = '\n[cron]\n"@hourly" = "ckan harvester run"\n\n[services]\ncron = false\n'
    desk.disk.add(SOURCE / "datacats.toml", text(desk, "datacats.toml").encode() + hourly.encode())
    ran = desk.done("install", "-e", "catstown", "ckanext-harvest")
    assert "*/5" not in text(desk, "datacats.toml")
    assert not [line for line in ran.lines if "cron" in line]


def test_what_would_run_is_told_where_cron_is_switched_off(index: Index) -> None:
    desk = index.desk
    index.add("ckanext-harvest", "1.6.3", harvest="a:B", ckan_harvester="a:C")
    off = text(desk, "datacats.toml").encode() + b"\n[services]\ncron = false\n"
    desk.disk.add(SOURCE / "datacats.toml", off)
    ran = desk.done("install", "-e", "catstown", "ckanext-harvest")
    assert [line for line in ran.lines if line.endswith("Switch it on: datacats service add cron -e catstown")]


@pytest.mark.parametrize("off", ["a low-memory site", "worker = false"])
def test_a_loader_gets_the_worker_that_it_loads_with(index: Index, off: str) -> None:
    desk = index.desk
    if off == "worker = false":
        desk.done("service", "remove", "worker", "-e", "catstown")
    else:
        desk.done("init", "catstown", "-s", "small", "--low-memory")
    site = "" if off == "worker = false" else "_small"
    assert f"datacats_worker_catstown{site}" not in desk.states()
    ran = desk.done("install", "-e", "catstown", "ckanext-xloader")
    assert "Switched on in datacats.toml: worker" in ran.lines
    assert desk.states()[f"datacats_worker_catstown{site}"] == "running"


def test_where_the_worker_is_there_anyway_nothing_is_told_of_it(index: Index) -> None:
    ran = index.desk.done("install", "-e", "catstown", "ckanext-xloader")
    assert "worker = true" in text(index.desk, "datacats.toml")
    assert not [line for line in ran.lines if "Switched on" in line]


def test_images_made_of_a_sites_web_image_are_in_use_as_long_as_it_is(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    listed = {each["name"]: each["used_by"] for each in desk.done("images", "list", "--json").result["images"]}
    (builder,) = (name for name in listed if name.startswith("datacats/build:"))
    assert listed[builder] == ["catstown/primary"]
