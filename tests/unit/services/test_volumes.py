"""A site whose parts lie in volumes: what is mounted, who runs, and what fills the volumes."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from datacats.model import labels
from datacats.model.environment import Placement, SiteContext
from datacats.model.secrets import Secrets
from datacats.model.service import ContainerSpec
from datacats.services import files, volumes, web
from datacats.services.describe import describe
from datacats.store.source import new_files
from tests.unit.builders import context

SECRETS = Secrets.fresh()
INI = new_files("t")["ckan.ini"]


def specs(of: SiteContext) -> dict[str, ContainerSpec]:
    return {each.service: each.container for each in describe(of, SECRETS, "digest").services}


def mounted(spec: ContainerSpec) -> dict[str, str]:
    return {mount.target: f"{mount.source}{' (volume)' if mount.volume else ''}" for mount in spec.mounts}


def test_state_and_private_files_are_mounted_from_volumes_and_the_source_is_not() -> None:
    found = specs(context(placement=Placement.VOLUMES))
    assert mounted(found["postgres"]) == {"/var/lib/postgresql": "datacats_postgres_catstown (volume)"}
    assert mounted(found["solr"]) == {"/var/solr": "datacats_solr_catstown (volume)"}
    assert mounted(found["redis"]) == {
        "/data": "datacats_redis_catstown (volume)",
        "/run/datacats": "datacats_run-redis_catstown (volume)",
    }
    assert mounted(found["web"]) == {
        "/project": "/src/catstown",
        "/run/datacats": "datacats_run-web_catstown (volume)",
        "/var/lib/ckan": "datacats_files_catstown (volume)",
    }


def test_where_the_source_is_not_seen_nothing_of_this_host_is_mounted() -> None:
    found = specs(context(placement=Placement.COPIES))
    assert all(mount.volume for spec in found.values() for mount in spec.mounts)
    assert mounted(found["web"])["/project"] == "datacats_source_catstown (volume)"


def test_what_a_service_only_reads_is_read_only_in_a_volume_too() -> None:
    mounts = {mount.target: mount.read_only for mount in specs(context(placement=Placement.COPIES))["web"].mounts}
    assert mounts == {"/project": True, "/run/datacats": True, "/var/lib/ckan": False}


def test_a_further_site_has_volumes_of_its_own() -> None:
    names = {spec.name for spec in volumes.state(context(placement=Placement.VOLUMES, name="blue"))}
    assert "datacats_postgres_catstown_blue" in names


@pytest.mark.parametrize("placement", [Placement.VOLUMES, Placement.COPIES])
def test_containers_with_volumes_run_as_the_user_of_their_image(placement: Placement) -> None:
    of = context(placement=placement)
    assert {spec.user for spec in specs(of).values()} == {"5716:5716"}
    assert web.one_off(of, ("true",), purpose="x").user == "5716:5716"


def test_what_fills_a_volume_sees_no_network_no_other_part_and_says_whose_it_is() -> None:
    step = volumes.fill(context(placement=Placement.VOLUMES), "run-web", b"archive", cause="why")
    assert [mount.source for mount in step.spec.mounts] == ["datacats_run-web_catstown"]
    assert (step.spec.networks, step.spec.auto_remove, step.stdin) == ((), True, b"archive")
    assert step.spec.labels[labels.ONE_OFF] == volumes.PURPOSE
    assert str(step) == "fill datacats_run-web_catstown"


def test_a_clone_only_reads_the_template() -> None:
    template = context(placement=Placement.VOLUMES, name="t")
    step = volumes.clone(context(placement=Placement.VOLUMES), template, "solr", cause="why")
    assert [(mount.source, mount.read_only) for mount in step.spec.mounts] == [
        ("datacats_solr_catstown_t", True),
        ("datacats_solr_catstown", False),
    ]


def test_a_template_keeps_nothing_secret_and_no_queue() -> None:
    names = {spec.name for spec in volumes.without_template(context(placement=Placement.VOLUMES))}
    assert names == {f"datacats_{part}_catstown" for part in ("run-web", "run-redis", "redis", "source")}


def test_private_files_become_one_archive_for_each_service_closed_to_others() -> None:
    of = context(placement=Placement.VOLUMES)
    found = volumes.archives(files.run_files(of, SECRETS, INI))
    assert set(found) == {"run-web", "run-redis"}
    with tarfile.open(fileobj=io.BytesIO(found["run-web"])) as archive:
        assert [(entry.name, entry.mode) for entry in archive] == [("ckan.ini", 0o600)]


def test_the_same_files_make_the_same_archive_in_whatever_order() -> None:
    assert volumes.archive({"a": b"1", "b/c": b"2"}, 0o644) == volumes.archive({"b/c": b"2", "a": b"1"}, 0o644)


def script_of(step_of: str, target: Path, template: Path) -> list[str]:
    of = context(placement=Placement.VOLUMES)
    step = volumes.fill(of, "run-web", b"", cause="") if step_of == "fill" else None
    spec = step.spec if step else volumes.clone(of, of, "files", cause="").spec
    shell, option, script, name, _ = spec.command
    return [shell, option, script.replace("/template", str(template)), name, str(target)]


def test_filling_leaves_nothing_of_what_was_there(tmp_path: Path) -> None:
    (tmp_path / ".old").mkdir()
    (tmp_path / ".old" / "secret").write_text("old")
    archive = volumes.archive({"new": b"content", "below/it": b"more"}, 0o600)
    subprocess.run(script_of("fill", tmp_path, tmp_path), input=archive, check=True)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == ["below", "below/it", "new"]
    assert (tmp_path / "new").read_bytes() == b"content"


def test_a_clone_that_was_cut_is_begun_anew_and_has_all_of_the_template(tmp_path: Path) -> None:
    template, target = tmp_path / "from", tmp_path / "to"
    (template / "data").mkdir(parents=True)
    (template / "data" / "row").write_text("1")
    (template / ".hidden").write_text("2")
    shutil.copytree(template / "data", target / "half")
    subprocess.run(script_of("clone", target, template), check=True)
    assert sorted(path.name for path in target.rglob("*")) == [".hidden", "data", "row"]


def test_a_clone_of_an_incomplete_template_fails(tmp_path: Path) -> None:
    done = subprocess.run(script_of("clone", tmp_path, tmp_path / "nowhere"), capture_output=True, check=False)
    assert done.returncode != 0
