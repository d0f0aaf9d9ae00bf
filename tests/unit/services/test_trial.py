"""One-off containers with a ``ckan.ini`` that is to come: what they see, and that it is all that differs."""

from __future__ import annotations

from dataclasses import replace

from datacats.model.environment import Placement
from datacats.model.service import Mount
from datacats.services import trial, web
from tests.unit.builders import context

SHOWN = "/home/me/.datacats/catstown/sites/primary/run/trial/shown.ini"


def test_it_is_a_one_off_container_like_any_other_but_for_the_ini_and_the_private_files() -> None:
    plain = web.one_off(context(), web.MIGRATE, purpose="upgrade")
    tried = trial.one_off(context(), web.MIGRATE, purpose="upgrade")
    assert replace(tried, mounts=()) == replace(plain, mounts=())
    assert {each.target for each in tried.mounts} - {each.target for each in plain.mounts} == {"/project/ckan.ini"}
    differs = {each.target: each.source for each in {*tried.mounts} - {*plain.mounts}}
    assert differs == {"/project/ckan.ini": SHOWN, "/run/datacats": SHOWN.removesuffix("/shown.ini")}


def test_the_ini_lies_over_the_sources_and_neither_can_be_written() -> None:
    tried = trial.one_off(context(), web.MIGRATE, purpose="upgrade")
    assert tried.mounts[-1] == Mount(SHOWN, "/project/ckan.ini", read_only=True)
    assert next(each for each in tried.mounts if each.target == "/run/datacats").read_only


def test_where_private_files_lie_in_volumes_these_do_so_too() -> None:
    tried = trial.one_off(context(placement=Placement.VOLUMES), web.MIGRATE, purpose="upgrade")
    private = next(each for each in tried.mounts if each.target == "/run/datacats")
    assert (private.source, private.volume) == ("datacats_run-trial_catstown", True)
