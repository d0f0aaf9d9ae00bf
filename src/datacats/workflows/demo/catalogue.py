"""Make the catalogue of a demo: the same for everybody, every time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

from datacats.workflows.demo.subjects import DISTRICTS, GROUPS, ORGANIZATIONS, SUBJECTS, Subject

Record = dict[str, Any]

_SEED = 5716
_YEARS = (2022, 2023, 2024)
_LICENSES = ("cc-by", "cc-zero", "odc-by", "odc-odbl")
_ROLES = ("admin", "editor", "member")
_PRIVATE_EVERY = 40
_PEOPLE = (
    ("ada", "Ada Lind"),
    ("ben", "Ben Okafor"),
    ("carla", "Carla Rossi"),
    ("deniz", "Deniz Kaya"),
    ("eva", "Eva Novak"),
    ("farid", "Farid Haddad"),
    ("greta", "Greta Holm"),
    ("hugo", "Hugo Silva"),
)


def catalogue() -> dict[str, list[Record]]:
    """Return users, organizations with their members, groups, and 200 datasets, as CKAN's API takes them."""
    chance = random.Random(_SEED)  # noqa: S311 - always the same is the point
    return {
        "users": [_user(name, full) for name, full in _PEOPLE],
        "organizations": [_organization(number, name) for number, name in enumerate(ORGANIZATIONS)],
        "groups": [{"name": name, "title": title, "description": text} for name, (title, text) in GROUPS.items()],
        "datasets": list(_datasets(chance)),
    }


def _user(name: str, full: str) -> Record:
    return {"name": f"demo-{name}", "fullname": full, "email": f"{name}@demo.example", "about": "Made up for a demo."}


def _organization(number: int, name: str) -> Record:
    title, text = ORGANIZATIONS[name]
    people = [_PEOPLE[(number + step) % len(_PEOPLE)][0] for step in range(len(_ROLES))]
    users = [{"name": f"demo-{person}", "capacity": role} for person, role in zip(people, _ROLES, strict=True)]
    return {"name": name, "title": title, "description": text, "users": users}


def _datasets(chance: random.Random) -> Iterator[Record]:
    for subject in SUBJECTS:
        for place in DISTRICTS:
            yield _dataset(subject, place, chance)


def _dataset(subject: Subject, place: str, chance: random.Random) -> Record:
    title = f"{subject.title} in {place}"
    number = SUBJECTS.index(subject) * len(DISTRICTS) + DISTRICTS.index(place)
    name = re.sub(r"[^a-z0-9]+", "-", title.lower())
    return {
        "name": name,
        "title": title,
        "notes": f"{subject.about} in {place}, month by month since {_YEARS[0]}.\n\n"
        f"Published by the {ORGANIZATIONS[subject.organization][0]}. The numbers are made up for a demo.",
        "owner_org": subject.organization,
        "groups": [{"name": subject.group}],
        "tags": [{"name": each} for each in (*subject.tags, place.lower())],
        "license_id": chance.choice(_LICENSES),
        "author": ORGANIZATIONS[subject.organization][0],
        "maintainer": chance.choice(_PEOPLE)[1],
        "version": f"{chance.randint(1, 4)}.{chance.randint(0, 9)}",
        "private": number % _PRIVATE_EVERY == _PRIVATE_EVERY - 1,
        "resources": [_link(name)] if number % 3 == 0 else [],
        "tables": [_table(subject, name, chance)],
    }


def _link(name: str) -> Record:
    url = f"https://example.org/methods/{name}.html"
    return {"name": "How it was measured", "format": "HTML", "url": url, "description": "Methods and their limits."}


def _table(subject: Subject, name: str, chance: random.Random) -> Record:
    rows: list[list[object]] = [
        [f"{year}-{month:02d}", *(round(chance.uniform(each.low, each.high), each.digits) for each in subject.measures)]
        for year in _YEARS
        for month in range(1, 13)
    ]
    return {
        "name": f"{subject.title} by month",
        "description": f"{subject.about}.",
        "file": f"{name}.csv",
        "columns": ["month", *(each.name for each in subject.measures)],
        "types": ["text", *("numeric" for _ in subject.measures)],
        "rows": rows,
    }
