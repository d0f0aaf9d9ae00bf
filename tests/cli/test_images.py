"""``images`` and ``pull``: the images of datacats, and of nobody else."""

from __future__ import annotations

import errno
import gzip
import io
import json
import lzma
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.errors import Conflict, EngineError
from datacats.model.image import ROLES, ImageRef
from datacats.model.step import Step
from tests.support.desk import Desk, images_of

REGISTRY = "registry.example.org:5000"
NEWEST = [str(images_of("2.12")[role]) for role in ROLES]


def test_list_tells_size_age_and_users_of_our_images_only(catstown: Desk) -> None:
    catstown.engine.world.add_image(ImageRef("datacats/web", "mine"), ImageRef("nginx", "1"))
    lines = catstown.done("images", "list").lines
    assert [line.split()[0] for line in lines if "catstown/primary" in line] == NEWEST
    assert not [line for line in lines if "mine" in line or "nginx" in line]


def test_list_of_nothing_says_how_to_make_them(desk: Desk) -> None:
    desk.engine.world.images.clear()
    assert desk.done("images", "list").out == "No images yet. Make them: datacats images build\n"
    assert desk.done("images", "list", "--json").result == {"images": []}


@pytest.mark.parametrize("words", [["pull"], ["images", "build"], ["pull", "--all"]])
def test_what_would_be_pulled_or_built_is_told_beforehand_each_once(desk: Desk, words: list[str]) -> None:
    assert desk.done(*words, "--dry-run").out == "Nothing to do.\n"
    desk.engine.world.images.clear()
    lines = desk.done(*words, "--dry-run").lines
    assert lines[0].startswith("1 pull debian:bookworm-slim")
    assert len(lines) == 1 + (8 if "--all" in words else 4)
    assert [line.split()[1] for line in lines[1:]] == ["build"] * (len(lines) - 1)
    lines = desk.done(*words, "--dry-run", "--registry", REGISTRY).lines
    assert [line.split()[1:3] for line in lines if NEWEST[0] in line] == [["pull", f"{REGISTRY}/{NEWEST[0]}"]]
    assert desk.engine.mutations == []


def test_what_would_be_pushed_or_loaded_is_told_beforehand(desk: Desk, tmp_path: Path) -> None:
    lines = desk.done("images", "push", "--registry", REGISTRY, "--dry-run").lines
    assert lines == [f"{n} push {REGISTRY}/{name} (asked for)" for n, name in enumerate(NEWEST, 1)]
    desk.done("images", "save", tmp_path / "ckan.tar")
    lines = desk.done("images", "load", tmp_path / "ckan.tar", "--dry-run").lines
    assert lines == [f"then load {name}" for name in NEWEST]
    assert desk.engine.mutations == []


def test_build_of_what_is_here_does_nothing_and_names_it(desk: Desk) -> None:
    assert desk.done("images", "build").lines == NEWEST
    assert desk.engine.mutations == []


def test_pull_takes_them_from_the_registry_and_gives_them_their_own_names(desk: Desk) -> None:
    for name in NEWEST:
        desk.engine.world.registry[f"{REGISTRY}/{name}"] = desk.engine.world.images.pop(name)
    assert desk.done("pull", "--registry", REGISTRY).lines == NEWEST
    assert set(NEWEST) <= set(desk.engine.world.images)
    assert not [name for name in desk.engine.world.images if name.startswith(REGISTRY)]
    assert not [line for line in desk.engine.mutations if line.startswith("build")]


def test_the_registry_can_stand_in_a_process_variable(desk: Desk) -> None:
    for name in NEWEST:
        desk.engine.world.registry[f"{REGISTRY}/{name}"] = desk.engine.world.images.pop(name)
    desk.env["DATACATS_REGISTRY"] = REGISTRY
    assert desk.done("create", "catstown").status == 0
    assert not [line for line in desk.engine.mutations if line.startswith("build")]


def test_what_the_registry_lacks_is_said_and_built(desk: Desk) -> None:
    desk.engine.world.add_image(ImageRef("debian", "bookworm-slim"))
    del desk.engine.world.images[NEWEST[0]]
    ran = desk.done("pull", "--registry", REGISTRY)
    assert f"{REGISTRY}: " in ran.err
    assert [line.split(":")[0] for line in desk.engine.mutations if line.startswith("build")] == ["build datacats/web"]


def test_pull_all_names_the_images_of_every_line_once(desk: Desk) -> None:
    lines = desk.done("pull", "--all").lines
    assert len(lines) == len(set(lines)) == 8


def test_a_machine_without_network_and_images_is_told_what_is_missing(desk: Desk) -> None:
    desk.engine.world.images.clear()
    ran = desk("create", "catstown")
    assert ran.status == 17
    assert "debian:bookworm-slim cannot be pulled" in ran.err
    assert "The program mmdebstrap is not on this host." in ran.err
    assert "Next: Install mmdebstrap" in ran.err


def test_a_release_that_the_index_does_not_have_is_called_that_and_a_build_that_fails_otherwise_that(
    desk: Desk,
) -> None:
    def program(call: Call) -> Outcome:
        if "install-ckan" not in " ".join(call.command):
            return Outcome(0)
        return Outcome(1, b"error: Because there is no version of ckan[requirements]==2.12.99 and you require it\n")

    desk.engine.world.add_image(ImageRef("debian", "bookworm-slim"))
    desk.engine.world.program = program
    ran = desk("images", "build", "--ckan", "2.12.99")
    assert ran.status == 4
    assert "The Python index has no CKAN 2.12.99." in ran.err
    desk.engine.world.program = lambda _call: Outcome(1, b"no room\n")
    ran = desk("images", "build", "--ckan", "2.12.99")
    assert ran.status == 10
    assert "| no room" in ran.err
    assert ran.err.endswith("Next: The end of its output, above, says why.\n")


def test_push_sends_all_four(desk: Desk) -> None:
    ran = desk.done("images", "push", "--registry", REGISTRY)
    assert ran.lines == [f"{REGISTRY}/{name}" for name in NEWEST]
    assert set(desk.engine.world.registry) == set(ran.lines)
    assert not [name for name in desk.engine.world.images if name.startswith(REGISTRY)]


@pytest.mark.parametrize("error", [EngineError("connection refused"), KeyboardInterrupt()])
def test_a_push_that_fails_leaves_no_name_that_nothing_shows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def refuse(_ref: ImageRef) -> Iterator[Step]:
        raise error

    before = set(desk.engine.world.images)
    monkeypatch.setattr(desk.engine.images, "push", refuse)
    assert desk("images", "push", "--registry", REGISTRY).status in {7, 130}
    assert set(desk.engine.world.images) == before
    assert f"remove image {REGISTRY}/{NEWEST[0]}" in desk.engine.mutations


def test_push_without_a_registry_says_how_to_name_one(desk: Desk) -> None:
    ran = desk("images", "push")
    assert ran.status == 3
    assert "--registry HOST:PORT" in ran.err


@pytest.mark.parametrize("words", [["push", "--registry", REGISTRY], ["save", "-"]])
def test_what_is_not_here_cannot_travel_and_the_command_that_makes_it_is_named(desk: Desk, words: list[str]) -> None:
    del desk.engine.world.images[NEWEST[0]]
    ran = desk("images", *words)
    assert ran.status == 9
    assert "datacats images build --ckan 2.12" in ran.err


def test_saved_images_are_there_again_after_a_load(desk: Desk, tmp_path: Path) -> None:
    desk.done("images", "save", tmp_path / "ckan.tar")
    desk.engine.world.images.clear()
    assert desk.done("images", "load", tmp_path / "ckan.tar").out == f"Loaded {tmp_path / 'ckan.tar'}\n"
    assert sorted(desk.engine.world.images) == sorted(NEWEST)


@pytest.mark.parametrize("packed", [bytes, gzip.compress, lzma.compress])
def test_a_load_takes_what_comes_through_a_pipe_and_what_is_compressed(
    desk: Desk, tmp_path: Path, packed: Callable[[bytes], bytes]
) -> None:
    desk.done("images", "save", tmp_path / "ckan.tar")
    desk.engine.world.images.clear()
    (tmp_path / "packed").write_bytes(packed((tmp_path / "ckan.tar").read_bytes()))
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cp", tmp_path / "packed", tmp_path / "pipe"]):
        assert desk.done("images", "load", tmp_path / "pipe", "--json").result["images"] == NEWEST
    assert sorted(desk.engine.world.images) == sorted(NEWEST)


def archive(*names: list[str] | None, file: str = "manifest.json") -> bytes:
    """Images as Docker saves them, with these names each."""
    content, written = json.dumps([{"RepoTags": each} for each in names]).encode(), io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        member = tarfile.TarInfo(file)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "held"),
    [
        (archive(["nginx:1"]), "nginx:1"),
        (archive([NEWEST[0]], ["nginx:1"], ["redis:7"]), "nginx:1, redis:7"),
        (archive([NEWEST[0], "example.org/datacats/web:1"]), "example.org/datacats/web:1"),
        (archive([NEWEST[0]], None), "an image without a name"),
        (archive([NEWEST[0]], []), "an image without a name"),
        (archive(), "no image"),
    ],
    ids=range(6),
)
def test_images_of_others_are_not_loaded(desk: Desk, tmp_path: Path, content: bytes, held: str) -> None:
    (tmp_path / "cats.tar").write_bytes(content)
    ran = desk("images", "load", tmp_path / "cats.tar")
    assert ran.status == 5
    assert ran.err.startswith(f"Error: The archive holds {held}; only images of datacats are loaded.\n")
    assert desk.engine.mutations == []


@pytest.mark.parametrize(
    "content",
    [
        b"meow",
        b"",
        archive([NEWEST[0]])[:600],
        gzip.compress(archive([NEWEST[0]]))[:80],
        lzma.compress(archive([NEWEST[0]]))[:80],
        archive([NEWEST[0]], file="index.json"),
        archive([NEWEST[0]]).replace(b"RepoTags", b"RepoTogs"),
        archive([NEWEST[0]]).replace(b"[{", b"{{"),
        archive([NEWEST[0]]).replace(b"[{", b" {").replace(b"}]", b"} "),
    ],
    ids=range(9),
)
def test_an_archive_that_is_none_is_refused(desk: Desk, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cats.tar").write_bytes(content)
    ran = desk("images", "load", tmp_path / "cats.tar")
    assert ran.status == 2
    assert ran.err.startswith("Error: That is no archive of images, or not the whole of one.\n")
    assert "datacats images save FILE" in ran.err
    assert desk.engine.mutations == []


def old(desk: Desk, digest: str = "0123456789ab") -> str:
    """Let an image of an earlier recipe be there."""
    ref = ImageRef("datacats/web", f"2.12.0-{digest}")
    desk.engine.world.images[str(ref)] = desk.engine.world.images[NEWEST[0]].__class__(
        f"sha256:{digest}", (str(ref),), labels=desk.engine.world.images[NEWEST[0]].labels
    )
    return str(ref)


def test_prune_removes_what_nobody_uses_and_nothing_else(catstown: Desk) -> None:
    catstown.engine.world.add_image(ImageRef("datacats/web", "mine"), ImageRef("nginx", "1"))
    gone, before = old(catstown), set(catstown.engine.world.images)
    assert catstown.done("images", "prune").out == "Removed 1 images\n"
    assert before - set(catstown.engine.world.images) == {gone}


def test_prune_shows_beforehand_what_it_would_remove(catstown: Desk) -> None:
    gone = old(catstown)
    assert catstown.done("images", "prune", "--dry-run").out == f"1 remove image {gone} (no site uses it)\n"
    assert catstown.changes() == []


def test_prune_keeps_what_a_site_could_go_back_to(catstown: Desk) -> None:
    path = catstown.workspace().root.environment("catstown") / "sites" / "primary" / "site.json"
    kept = old(catstown)
    images = b'{"web": "%s", "postgres": "a:1", "search": "a:1", "redis": "a:1"}' % kept.encode()
    catstown.disk.add(path, catstown.disk.read(path).replace(b'"previous": null', b'"previous": ' + images))
    assert catstown.done("images", "prune").out == "Removed 0 images\n"


def test_prune_removes_nothing_while_it_cannot_be_told_who_uses_what(catstown: Desk) -> None:
    old(catstown)
    path = catstown.workspace().root.environment("catstown") / "sites" / "primary" / "site.json"
    catstown.disk.add(path, b"{}")
    assert catstown("images", "prune").status == 3
    assert catstown.changes() == []


OTHERS = Path("/home/other/.datacats")


@pytest.fixture
def beside(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Another data root on the same host and engine, whose environment went back to its first images."""
    other = Desk(monkeypatch, OTHERS)
    other.engine, other.disk, other.http = catstown.engine, catstown.disk, catstown.http
    other.cwd = Path("/home/other")
    other.create("birdland")
    catstown.forget()
    return other


def on(desk: Desk, environment: str, image: str) -> None:
    """Let a site have run on an image before it was upgraded."""
    path = desk.workspace().root.environment(environment) / "sites" / "primary" / "site.json"
    images = json.dumps({"web": image, "postgres": "a:1", "search": "a:1", "redis": "a:1"})
    desk.disk.add(path, desk.disk.read(path).replace(b'"previous": null', f'"previous": {images}'.encode()))


def test_prune_keeps_what_a_site_of_another_data_root_could_go_back_to(catstown: Desk, beside: Desk) -> None:
    kept = old(catstown)
    on(beside, "birdland", kept)
    line = next(line for line in catstown.done("images", "list").lines if line.startswith(kept))
    assert line.split()[-1] == f"{OTHERS}:birdland/primary"
    assert catstown.done("images", "prune").out == "Removed 0 images\n"


def test_prune_keeps_what_a_container_was_made_from_whoever_it_is_of(catstown: Desk, beside: Desk) -> None:
    catstown.disk.refused[beside.workspace().root.path] = errno.EACCES
    kept, gone = old(catstown), old(catstown, "ba9876543210")
    web = catstown.engine.world.container("datacats_web_birdland")
    web.spec = replace(web.spec, image=ImageRef.parse(kept))
    assert catstown.done("images", "prune").out == "Removed 1 images\n"
    assert kept in catstown.engine.world.images
    assert gone not in catstown.engine.world.images
    web.name, web.spec = "theirs", replace(web.spec, labels={})
    assert next(line for line in catstown.done("images", "list").lines if line.startswith(kept)).endswith(" theirs")


def test_prune_goes_on_past_an_image_that_the_engine_keeps(catstown: Desk) -> None:
    kept, gone = sorted([old(catstown), old(catstown, "ba9876543210")])
    error = Conflict("It is being used by a container that was made just now.")
    catstown.engine.world.failures[f"remove image {kept}"] = error
    ran = catstown.done("images", "prune")
    assert ran.out == f"Removed 1 images\n{kept} stays: it is in use\n"
    assert f"{kept} stays: It is being used by a container" in ran.err
    assert gone not in catstown.engine.world.images
    assert catstown.done("images", "prune", "--json").result == {"changed": [], "kept": [kept]}
