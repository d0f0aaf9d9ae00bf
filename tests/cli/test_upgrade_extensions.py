"""``upgrade`` to another release of CKAN: what is installed is resolved anew under its pins, and comes back."""

from __future__ import annotations

import json

import pytest

from datacats.model import labels
from datacats.model.image import ImageRef
from tests.cli.test_install import LAYER, SOURCE, mounted, text
from tests.support.desk import HOME, Desk
from tests.support.index import Index

OLD = "datacats/web:2.11.5-0123456789ab"
RECORD = HOME / "catstown" / "sites" / "primary" / "site.json"


@pytest.fixture
def index(desk: Desk) -> Index:
    """A site on CKAN 2.11.5 with an extension, of which there is a newer release now."""
    desk.create("catstown", "--bare", "--ckan", "2.11")
    desk.engine.world.add_image(ImageRef.parse(OLD), labels={labels.RECIPE: "old"})
    record = json.loads(desk.disk.read(RECORD))
    desk.disk.add(RECORD, json.dumps({**record, "images": {**record["images"], "web": OLD}}).encode())
    made = Index(desk)
    made.add("ckanext-scheming", "3.1.0", scheming_datasets="ckanext.scheming.plugins:Datasets")
    desk.engine.world.program = made.program
    desk.done("start", "catstown")
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    made.add("ckanext-scheming", "3.2.0", scheming_datasets="ckanext.scheming.plugins:Datasets")
    made.asked.clear()
    desk.forget()
    return made


def test_the_lock_is_of_the_ckan_that_runs_and_not_of_the_one_that_is_wanted(index: Index) -> None:
    assert "# ckan: 2.11.5\n" in text(index.desk, "datacats.lock")


def test_upgrade_resolves_anew_keeps_what_fits_and_lays_a_layer_of_its_own(index: Index) -> None:
    desk, layer = index.desk, mounted(index.desk)
    ran = desk.done("upgrade", "catstown")
    assert "ckanext-scheming==3.1.0" in index.asked[0]["locked"], "what fits is not changed"
    assert "# ckan: 2.11.6\n" in text(desk, "datacats.lock")
    assert "datacats.lock is of CKAN 2.11.6 now: ckanext-scheming 3.1.0 becomes 3.2.0" in ran.err
    assert mounted(desk) not in {layer, ""}
    assert "Install it" not in desk.done("start", "catstown").err


def test_rollback_takes_the_lock_and_the_layer_from_before(index: Index) -> None:
    desk, layer, lock = index.desk, mounted(index.desk), text(index.desk, "datacats.lock")
    desk.done("upgrade", "catstown")
    index.asked.clear()
    desk.done("upgrade", "catstown", "--rollback")
    assert (text(desk, "datacats.lock"), mounted(desk), index.asked) == (lock, layer, [])
    assert desk.site()["images"]["web"] == OLD


def test_a_clash_under_the_new_pins_stops_it_before_anything_changes(index: Index) -> None:
    desk, layer, lock = index.desk, mounted(index.desk), text(index.desk, "datacats.lock")
    web = desk.engine.world.container("datacats_web_catstown").id
    index.clash = "Because ckanext-scheming==3.1.0 depends on six<1.17 and six==1.17.0, they clash."
    ran = desk("upgrade", "catstown")
    assert (ran.status, f"  | {index.clash}" in ran.err) == (16, True)
    assert (text(desk, "datacats.lock"), mounted(desk), desk.site()["images"]["web"]) == (lock, layer, OLD)
    assert (desk.engine.world.container("datacats_web_catstown").id, desk.site()["phase"]) == (web, "created")


def test_an_upgrade_that_stopped_in_the_middle_still_goes_back_to_the_old_lock(index: Index) -> None:
    desk, lock = index.desk, text(index.desk, "datacats.lock")
    index.broken = '  File "/usr/lib/extensions/ckanext/scheming/plugins.py", line 1, in x\nKeyError: 1\n'
    for _ in range(2):
        assert desk("upgrade", "catstown").status == 16
    assert desk.site()["phase"] == "upgrading"
    index.broken = ""
    desk.done("upgrade", "catstown", "--rollback")
    assert (text(desk, "datacats.lock"), desk.site()["images"]["web"]) == (lock, OLD)


def test_a_dry_run_says_that_the_lock_is_resolved_anew(index: Index) -> None:
    ran = index.desk.done("upgrade", "catstown", "--dry-run")
    assert "then resolve datacats.lock anew, for CKAN 2.11.6" in ran.lines
    assert (index.asked, index.desk.disk.names(LAYER)) == ([], (mounted(index.desk).rpartition("/")[2],))


def test_a_layer_of_system_packages_is_made_for_the_new_image_too(index: Index) -> None:
    desk = index.desk
    toml = text(desk, "datacats.toml").replace("[env]", 'system_packages = ["libgeos-c1v5"]\n[env]')
    desk.disk.add(SOURCE / "datacats.toml", toml.encode())
    desk.done("upgrade", "catstown")
    image = str(desk.engine.world.container("datacats_web_catstown").spec.image)
    assert image.startswith(desk.site()["images"]["web"] + "-")
