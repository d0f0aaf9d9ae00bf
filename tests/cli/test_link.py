"""``link`` and ``unlink``: two sites that reach each other's web, whatever becomes of either."""

from __future__ import annotations

import pytest

from tests.support.desk import WORK, Desk

WEB, WORKER = "datacats_web_catstown", "datacats_worker_catstown"
FRONT = "datacats_front_dogsville"


@pytest.fixture
def both(catstown: Desk) -> Desk:
    """Two environments that run."""
    catstown.create("dogsville")
    return catstown


@pytest.fixture
def linked(both: Desk) -> Desk:
    """Two environments, of which the first is linked with the second."""
    both.done("link", "dogsville", "-e", "catstown")
    both.forget()
    return both


def networks(desk: Desk, container: str) -> list[str]:
    return desk.engine.world.container(container).networks


def aliases(desk: Desk, container: str) -> dict[str, tuple[str, ...]]:
    return {each.network: each.aliases for each in desk.engine.world.container(container).spec.networks}


def test_what_runs_ckan_joins_the_network_of_the_others_web_and_the_other_is_left_alone(both: Desk) -> None:
    ran = both.done("link", "dogsville", "-e", "catstown")
    assert ran.lines == [
        "Containers of catstown reach dogsville at http://dogsville:5000/",
        "those of dogsville reach catstown at http://catstown:5000/",
    ]
    assert FRONT in networks(both, WEB)
    assert FRONT in networks(both, WORKER)
    assert FRONT not in networks(both, "datacats_postgres_catstown")
    assert not [each for each in both.engine.mutations if "dogsville" in each.partition(" to ")[0]]


def test_on_the_network_that_they_share_each_web_has_its_sites_name_and_no_other(linked: Desk) -> None:
    assert aliases(linked, WEB)[FRONT] == ("catstown",)
    assert aliases(linked, "datacats_web_dogsville")[FRONT] == ("dogsville",)
    assert aliases(linked, WORKER)[FRONT] == ()


def test_it_is_told_by_info_and_lasts_over_a_stop(linked: Desk) -> None:
    assert linked.done("info", "catstown").lines[-1] == "Linked with: dogsville (http://dogsville:5000/)"
    assert linked.done("info", "catstown", "--json").result["sites"][0]["links"] == {
        "dogsville": "http://dogsville:5000/"
    }
    linked.done("stop", "catstown")
    linked.done("start", "catstown")
    assert FRONT in networks(linked, WEB)


def test_linking_again_changes_nothing(linked: Desk) -> None:
    linked.done("link", "dogsville", "-e", "catstown")
    assert linked.changes() == []


def test_a_site_that_does_not_run_is_linked_from_its_next_start(both: Desk) -> None:
    both.done("stop", "catstown")
    both.forget()
    both.done("link", "dogsville", "-e", "catstown")
    assert both.engine.mutations == []
    both.done("start", "catstown")
    assert FRONT in networks(both, WEB)


def test_unlinked_they_are_apart_and_unlinking_again_is_no_error(linked: Desk) -> None:
    assert linked.done("unlink", "dogsville", "-e", "catstown").out == "catstown is no longer linked with dogsville\n"
    assert FRONT not in networks(linked, WEB)
    assert linked.done("unlink", "dogsville", "-e", "catstown").out == "catstown was not linked with dogsville\n"


def test_the_other_can_be_purged_and_made_again(linked: Desk) -> None:
    linked.done("purge", "-y", "--delete-environment", "dogsville")
    assert FRONT not in networks(linked, WEB)
    assert linked.done("info", "catstown").lines[-1] == "Linked with: dogsville (which is gone)"
    linked.create("dogsville")
    linked.done("start", "catstown")
    assert FRONT in networks(linked, WEB)


def test_while_the_other_is_gone_the_site_goes_without(linked: Desk) -> None:
    linked.done("purge", "-y", "dogsville")
    linked.done("reload", "catstown")
    assert FRONT not in networks(linked, WEB)
    assert linked.done("unlink", "dogsville", "-e", "catstown").out == "catstown is no longer linked with dogsville\n"


def test_a_new_subnet_of_the_other_takes_the_guests_off_first_and_they_come_back(linked: Desk) -> None:
    file = linked.workspace().root.environment("dogsville") / "sites" / "primary" / "site.json"
    was = linked.site("dogsville")["subnets"][0].encode()
    linked.disk.add(file, linked.disk.read(file).replace(was, b"10.213.15.0/27"), mode=0o600)
    linked.done("start", "dogsville")
    assert f"disconnect {WEB} from {FRONT}" in linked.engine.mutations
    linked.forget()
    linked.done("start", "catstown")
    assert linked.engine.mutations.count(f"connect {WEB} to {FRONT}") == 1
    assert f"remove {WEB}" not in linked.engine.mutations


@pytest.mark.parametrize("other", ["staging.dogsville", "dogsville/staging"])
def test_a_further_site_is_named_as_containers_say_it_or_as_list_shows_it(both: Desk, other: str) -> None:
    both.done("init", "-s", "staging", WORK / "dogsville", "--admin-password-stdin", stdin=b"correct horse\n")
    ran = both.done("link", other, "-e", "catstown")
    assert ran.lines[0].endswith("reach staging.dogsville at http://staging.dogsville:5000/")
    assert aliases(both, "datacats_web_dogsville_staging")["datacats_front_dogsville_staging"] == ("staging.dogsville",)


@pytest.mark.parametrize(
    ("other", "status", "words"),
    [
        ("nowhere", 4, "There is no site nowhere."),
        ("staging.dogsville", 4, "There is no site staging.dogsville."),
        ("catstown", 2, "catstown is the site itself"),
        ("../x", 2, "cannot be the name of"),
        ("dogsville/", 2, "cannot be the name of"),
        ("", 2, "cannot be the name of"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused_and_nothing_is_written(
    both: Desk, other: str, status: int, words: str
) -> None:
    ran = both("link", other, "-e", "catstown")
    assert (ran.status, words in ran.err) == (status, True), ran.err
    assert both.changes() == []


def test_a_dry_run_shows_the_plan_and_does_nothing(both: Desk) -> None:
    ran = both.done("link", "dogsville", "-e", "catstown", "--dry-run")
    assert f"connect {WEB} to {FRONT} (its definition changed)" in ran.out
    assert both.changes() == []
