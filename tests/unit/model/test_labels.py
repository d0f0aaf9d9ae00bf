"""Labels say whose an object is, so they must not change and never mean two things."""

from __future__ import annotations

from datacats.model import labels

NAMES = {name: value for name, value in vars(labels).items() if name.isupper() and name != "PREFIX"}


def test_no_two_labels_share_a_key() -> None:
    assert len(set(NAMES.values())) == len(NAMES)


def test_every_label_is_in_our_own_name_space_and_says_its_name() -> None:
    assert {name: f"org.datacats.{name.lower().replace('_', '-')}" for name in NAMES} == NAMES
