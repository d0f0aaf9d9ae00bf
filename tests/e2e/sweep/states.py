"""The states that commands start from. Each is made once by the real commands, saved, and put back by copying."""

from __future__ import annotations

import json
import shutil

from tests.e2e.ckan import Ckan
from tests.e2e.sweep.cut import cut_before
from tests.e2e.sweep.stage import Stage

_DATASET = {"name": "cat-census", "title": "Census of whiskers"}
_EXTENSION = {
    "pyproject.toml": """\
[project]
name = "ckanext-whiskers"
version = "1"
[project.entry-points."ckan.plugins"]
whiskers = "ckanext.whiskers:Whiskers"
""",
    "ckanext/whiskers/__init__.py": """\
import ckan.plugins as plugins


class Whiskers(plugins.SingletonPlugin):
    pass
""",
}
_OLD = "2.12.0-000000000000"
"""A second name for the web image, as an older one would have."""


def found(ckan: Ckan) -> list[str]:
    """Return the datasets that a search for the saved one finds."""
    return [each["name"] for each in ckan.action("package_search", q="whiskers")["results"]]


def bare(stage: Stage, _broken: bool) -> None:  # noqa: FBT001 - a state like the others
    """Images, and nothing else."""
    _ensure_bare(stage)
    stage.put_back("bare")


def empty(stage: Stage, broken: bool) -> None:  # noqa: FBT001
    """Images and a template; not even a data root."""
    _ensure_empty(stage)
    stage.put_back("empty", whole=broken)


def running(stage: Stage, broken: bool) -> None:  # noqa: FBT001
    """A running site with a dataset; it is left as it is where it runs already."""
    _ensure_made(stage)
    if broken:
        stage.put_back("made")
        stage.run("start", stage.name)


def stopped(stage: Stage, broken: bool) -> None:  # noqa: FBT001
    """The same, stopped; its containers are there."""
    running(stage, broken)
    stage.run("stop", stage.name)


def half_started(stage: Stage, broken: bool) -> None:  # noqa: FBT001
    """A site of which all but web run: as much to remove as any, and sooner there."""
    _ensure_made(stage)
    stage.put_back("made", whole=broken)
    cut_before(stage, ("start", stage.name), f"POST /containers/datacats_web_{stage.name}/start")


def outdated(stage: Stage, broken: bool) -> None:  # noqa: FBT001
    """A running site whose web image is not the newest."""
    _ensure_made(stage)
    stage.put_back("made", whole=broken)
    _age(stage)
    stage.run("start", stage.name)


def extensible(stage: Stage, broken: bool) -> None:  # noqa: FBT001
    """A running site with an extension in its source directory that is not installed yet."""
    _ensure_made(stage)
    stage.put_back("made", whole=broken)
    for name, text in _EXTENSION.items():
        path = stage.source / "ckanext-whiskers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    stage.run("start", stage.name)


def upgraded(stage: Stage, broken: bool) -> None:  # noqa: FBT001
    """The same after an upgrade, with something to go back to."""
    if not stage.has("upgraded"):
        outdated(stage, broken)
        stage.run("upgrade", stage.name)
        stage.run("stop", stage.name)
        stage.clear_engine()
        stage.save("upgraded")
    stage.put_back("upgraded", whole=broken)
    stage.run("start", stage.name)


def _ensure_bare(stage: Stage) -> None:
    if not stage.has("bare"):
        stage.save("bare")


def _ensure_empty(stage: Stage) -> None:
    _ensure_bare(stage)
    if not stage.has("empty"):
        stage.put_back("bare")
        stage.take_templates()
        stage.run("create", stage.name, "--image-only")
        shutil.rmtree(stage.source)
        for path in stage.home.iterdir():
            if path.name != "_templates":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        stage.save("empty")


def _ensure_made(stage: Stage) -> None:
    if stage.has("made"):
        return
    empty(stage, False)
    stage.run("create", stage.name, "--json")
    token = stage.run("ckan", "-e", stage.name, "user", "token", "add", "admin", "sweep", "-q").stdout.decode()
    ckan = Ckan(stage.url, token.strip())
    organization = ckan.action("organization_create", name="shelter")["id"]
    ckan.action("package_create", **_DATASET, owner_org=organization)
    stage.run("stop", stage.name)
    stage.clear_engine()
    stage.save("made")
    stage.put_back("made")
    stage.run("start", stage.name)


def _age(stage: Stage) -> None:
    """Let the site's record name its web image by the older name."""
    file = stage.data / "sites" / "primary" / "site.json"
    record = json.loads(file.read_text())
    repository, _, tag = record["images"]["web"].partition(":")
    stage.tag(f"{repository}:{tag}", repository, _OLD)
    record["images"]["web"] = f"{repository}:{_OLD}"
    file.write_text(json.dumps(record))
