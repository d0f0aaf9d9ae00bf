from __future__ import annotations

from datacats.model import labels
from datacats.model.finding import Severity
from datacats.model.observed import Observed
from datacats.model.plan import Plan
from datacats.model.service import VolumeSpec
from datacats.store.root import FILE
from datacats.workflows.checks import leftovers
from tests.unit.workflows.checks.scene import HOME, LABELS, Scene, container

MAKING = HOME / "_templates" / "abc.making"


def lines(mend: object) -> list[str]:
    assert isinstance(mend, Plan)
    return [str(step) for step in mend]


def test_a_tidy_place_is_well() -> None:
    scene = Scene()
    scene.run_web()
    scene.network("datacats_front_catstown", "10.213.0.0/27", **LABELS)
    scene.disk.make_directory(HOME / "_templates" / "abc", 0o700)
    (found,) = leftovers.check(scene.facts)
    assert found.severity is Severity.OK


def test_what_the_engine_holds_of_an_environment_without_data_is_removed_under_the_root_lock() -> None:
    scene = Scene()
    gone = {**LABELS, labels.ENVIRONMENT: "gone"}
    scene.run("datacats_web_gone", labels=gone)
    scene.network("datacats_front_gone", "10.213.1.0/27", **gone)
    (found,) = leftovers.check(scene.facts)
    assert (found.severity, found.lock) == (Severity.WARNING, "root")
    assert lines(found.mend) == [
        "stop datacats_web_gone",
        "remove datacats_web_gone",
        "remove network datacats_front_gone",
    ]


def test_containers_of_others_are_never_touched() -> None:
    scene = Scene()
    scene.run("datacats_web_gone", labels={**LABELS, labels.ENVIRONMENT: "gone", labels.ROOT: "another"})
    scene.run("datacats_web_hand")
    (found,) = leftovers.check(scene.facts)
    assert found.severity is Severity.OK


def test_volumes_of_an_environment_without_data_directory_are_named_and_never_removed() -> None:
    scene = Scene()
    gone = {**LABELS, labels.ENVIRONMENT: "gone"}
    scene.run("datacats_web_gone", labels=gone)
    scene.engine.volumes.create(VolumeSpec("datacats_postgres_gone", gone))
    containers, volumes = leftovers.check(scene.facts)
    assert lines(containers.mend) == ["stop datacats_web_gone", "remove datacats_web_gone"]
    assert (volumes.severity, volumes.mend) == (Severity.WARNING, None)
    assert "docker volume rm datacats_postgres_gone" in volumes.fix


def test_volumes_of_environments_that_are_there_and_of_templates_are_no_leftovers() -> None:
    scene = Scene()
    scene.engine.volumes.create(VolumeSpec("datacats_postgres_catstown", LABELS))
    scene.engine.volumes.create(VolumeSpec("t", {**LABELS, labels.ENVIRONMENT: "_template"}))
    (found,) = leftovers.check(scene.facts)
    assert found.severity is Severity.OK


def test_volumes_of_a_template_that_was_not_finished_go_with_it() -> None:
    scene = Scene()
    scene.disk.make_directory(MAKING, 0o700)
    scene.engine.volumes.create(VolumeSpec("t", {**LABELS, labels.ENVIRONMENT: "_template"}))
    (found,) = leftovers.check(scene.facts)
    assert "remove volume t" in lines(found.mend)


def test_any_data_directory_counts_also_one_that_is_half_made() -> None:
    scene = Scene()
    scene.run("datacats_web_gone", labels={**LABELS, labels.ENVIRONMENT: "gone"})
    scene.disk.make_directory(HOME / "gone", 0o700)
    (found,) = leftovers.check(scene.facts)
    assert found.severity is Severity.OK


def test_one_off_containers_that_have_ended_are_removed_and_running_ones_are_left() -> None:
    one_off = {labels.ONE_OFF: "command"}
    seen = Observed(
        (
            container("ended", **one_off),
            container("never-began", "created", **one_off),
            container("at-work", "running", **one_off),
            container("datacats_web_catstown"),
        )
    )
    (found,) = leftovers.one_offs(seen)
    assert lines(found.mend) == ["remove ended", "remove never-began"]


def test_a_template_that_nobody_makes_goes_with_its_containers_under_its_own_lock() -> None:
    scene = Scene()
    scene.disk.make_directory(MAKING, 0o700)
    scene.hold("datacats_postgres__template_abc", labels={**LABELS, labels.ENVIRONMENT: "_template"})
    (found,) = leftovers.check(scene.facts)
    assert (found.severity, found.lock) == (Severity.WARNING, "template-abc")
    assert lines(found.mend) == ["remove datacats_postgres__template_abc", f"remove {MAKING}"]


def test_a_template_that_somebody_makes_is_left_to_them() -> None:
    scene = Scene()
    scene.disk.make_directory(MAKING, 0o700)
    lock = HOME / "_locks" / "template-abc"
    scene.disk.add(lock)
    scene.disk.holders[lock] = "datacats create"
    assert [each.severity for each in leftovers.check(scene.facts)] == [Severity.OK]
    assert [each.severity for each in leftovers.check(scene.facts.again(holding=lock))] == [Severity.WARNING]


def test_a_run_of_tests_that_was_cut_off_goes_whole_and_one_that_goes_on_is_left() -> None:
    scene = Scene()
    of_tests = {**LABELS, labels.ENVIRONMENT: "_tests"}
    for run in ("aa", "bb"):
        scene.disk.make_directory(HOME / "_tests-1000" / "sites" / run, 0o700)
        scene.hold(f"datacats_solr__tests_{run}", labels={**of_tests, labels.SITE: run, labels.SERVICE: "solr"})
        scene.hold(f"pytest-{run}", labels={**of_tests, labels.SITE: run, labels.ONE_OFF: "test"})
    scene.network("datacats_back__tests_aa", "10.213.0.0/27", **of_tests, **{labels.SITE: "aa"})
    lock = HOME / "_locks" / "test-bb"
    scene.disk.add(lock)
    scene.disk.holders[lock] = "datacats test"
    (found,) = leftovers.check(scene.facts)
    assert (found.severity, found.lock) == (Severity.WARNING, "test-aa")
    assert lines(found.mend) == [
        "remove pytest-aa",
        "remove datacats_solr__tests_aa",
        "remove network datacats_back__tests_aa",
        f"remove {HOME / '_tests-1000' / 'sites' / 'aa'}",
    ]


def test_a_base_image_that_was_not_finished_is_removed_unless_it_is_being_made() -> None:
    scene = Scene()
    archive = HOME / "_locks" / "base.tar"
    scene.disk.add(archive)
    (found,) = leftovers.check(scene.facts)
    assert (lines(found.mend), found.lock) == ([f"remove {archive}"], "image-base")
    lock = HOME / "_locks" / "image-base"
    scene.disk.add(lock)
    scene.disk.holders[lock] = "datacats create"
    assert [each.severity for each in leftovers.check(scene.facts)] == [Severity.OK]


def test_without_a_data_root_nothing_is_ours() -> None:
    scene = Scene()
    scene.disk.remove_tree(HOME / FILE)
    assert leftovers.check(scene.facts) == ()
