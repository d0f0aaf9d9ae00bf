"""The program that resolves and installs extensions in its container, with a uv that a test scripts."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from datacats import recipes
from datacats.model.image import HostBuild, ImageRef
from datacats.store.index import script
from tests.unit.recipes.image_file import IMAGES, load

WEB = ImageRef("datacats/web", "2.12.0-0123456789ab")
FROZEN = "ckan==2.12.0\nurllib3==2.7.0\nrequests==2.34.2\n"
COMPILED = "ckanext-cats==1.0 \\\n    --hash=sha256:aa\nurllib3==2.7.0 \\\n    --hash=sha256:bb\nx @ git+https://example.org/x@0a1\n"
TOO_NEW = (
    "Because ckanext-cats>=2 depends on urllib3>=2.8.0 and urllib3==2.7.0, we can conclude that it cannot be used."
)


class Uv:
    """What uv answers, by the first words of its command line."""

    def __init__(self, program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.newest = "ckanext-cats==1.0\n"
        self.own: list[str] = []
        self.program = program
        monkeypatch.setattr(program, "uv", self)

    def __call__(self, *words: str, env: Any = None) -> str:
        del env
        self.calls.append(words)
        if words[:2] == ("pip", "freeze"):
            return FROZEN
        if "--output-file" in words:
            Path(words[-1]).write_text(COMPILED)
            self.own = Path(words[words.index("--excludes") + 1]).read_text().split()
        elif Path(words[2]).name == "one.txt":
            raise self.program.Failed(TOO_NEW)
        return self.newest if "--no-deps" in words else ""


@pytest.fixture
def program() -> Any:
    return load("build/extensions.py")


@pytest.fixture
def uv(program: Any, monkeypatch: pytest.MonkeyPatch) -> Uv:
    return Uv(program, monkeypatch)


REQUEST = {
    "asked": ["ckanext-cats"],
    "named": ["ckanext-cats"],
    "requires": [],
    "own": [],
    "unbuilt": [],
    "overrides": [],
    "locked": "",
    "upgrade": [],
}


def test_what_ckan_holds_already_is_no_part_of_the_lock(program: Any, uv: Uv) -> None:
    packages = program.resolve(REQUEST)["packages"]
    assert "ckanext-cats==1.0 \\\n    --hash=sha256:aa\n" in packages
    assert "x @ git+https://example.org/x@0a1\n" in packages
    assert "urllib3" not in packages
    assert ("--upgrade" in uv.calls[1]) is False


def test_the_sources_own_packages_are_taken_from_nowhere_else(
    program: Any, uv: Uv, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"name": "ckanext-Old", "version": "3", "requires": ["ckanext-cats"], "root": "", "entry_points": {}}
    monkeypatch.setattr(program, "describe", lambda _: told)
    program.resolve({**REQUEST, "own": ["ckanext-dogs"], "unbuilt": ["old"]})
    assert uv.own == ["ckanext-dogs", "ckanext-Old"]


def test_an_override_frees_the_package_from_ckans_pin(program: Any, uv: Uv) -> None:
    assert "urllib3==2.7.0" in program.resolve({**REQUEST, "overrides": ["urllib3>=2"]})["packages"]
    assert any("--overrides" in call for call in uv.calls)


def test_a_newer_release_is_told_with_the_pins_that_keep_it_out(program: Any, uv: Uv) -> None:
    uv.newest = "ckanext-cats==2.0\n"
    kept = program.resolve(REQUEST)["kept"]
    assert kept == [{"name": "ckanext-cats", "chosen": "1.0", "newest": "2.0", "pins": ["urllib3==2.7.0"]}]


@pytest.mark.usefixtures("uv")
def test_versions_that_are_held_are_pins_and_those_of_ckans_developers_are_only_liked(
    program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = 'pytest==9.1.1; extra == "dev"\nFlask==3.1.3; extra == "requirements"\npillow==12; extra == "dev"\n'
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess((), 0, told))
    seen: dict[str, str] = {}

    def compiled(work: Path, *_: Any, **__: Any) -> str:
        seen.update({name: (work / name).read_text() for name in ("pins.txt", "lock.txt")})
        return COMPILED

    monkeypatch.setattr(program, "compiled", compiled)
    program.resolve({**REQUEST, "testing": True, "held": ["ckanext-dogs==2"], "locked": "Pillow==11 --hash=sha256:a\n"})
    assert seen["pins.txt"].splitlines()[-1] == "ckanext-dogs==2"
    assert seen["lock.txt"] == "pytest==9.1.1\nPillow==11 --hash=sha256:a\n"
    program.resolve({**REQUEST, "locked": "Pillow==11\n"})
    assert seen["lock.txt"] == "Pillow==11\n"


def test_upgrade_of_all_and_of_one_are_uvs_own_options(program: Any, uv: Uv) -> None:
    program.resolve({**REQUEST, "upgrade": ["*"]})
    program.resolve({**REQUEST, "upgrade": ["ckanext-cats"]})
    compiles = [call for call in uv.calls if "--output-file" in call]
    assert "--upgrade" in compiles[0]
    assert "--upgrade-package=ckanext-cats" in compiles[1]


def test_files_of_an_index_are_installed_by_hash_and_those_of_a_repository_without(
    program: Any, uv: Uv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "LAYER", tmp_path)
    monkeypatch.setattr(program, "PYTHON", sys.executable)
    (tmp_path / "ckanext").mkdir()
    (tmp_path / "ckanext" / "__init__.py").write_text("claims the package")
    program.lay({"packages": COMPILED})
    assert [("--require-hashes" in call, "--no-deps" in call) for call in uv.calls] == [(True, True), (False, True)]
    assert not (tmp_path / "ckanext" / "__init__.py").exists()


def test_metadata_that_must_be_built_comes_from_a_wheel_of_a_copy(
    program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "ckanext-old"
    source.mkdir()

    def build(*words: str, **_: Any) -> str:
        assert Path(words[-1]) != source
        with zipfile.ZipFile(Path(words[words.index("--out-dir") + 1]) / "old-3-py3-none-any.whl", "w") as wheel:
            head = "Name: ckanext-old\nVersion: 3\nRequires-Dist: six\nRequires-Dist: pytest; extra == 'dev'\n\n"
            wheel.writestr("old-3.dist-info/METADATA", head.replace("'", '"'))
            wheel.writestr("old-3.dist-info/entry_points.txt", "[ckan.plugins]\nold = ckanext.old:Old\n")
        return ""

    monkeypatch.setattr(program, "uv", build)
    found = program.describe(source)
    assert (found["name"], found["version"], found["root"]) == ("ckanext-old", "3", "")
    assert found["requires"] == ["six"]
    assert found["entry_points"] == {"ckan.plugins": {"old": "ckanext.old:Old"}}


def test_a_resolver_that_gives_up_is_an_answer_and_no_crash() -> None:
    """The whole program, with no uv at all in reach of a package: its words are in the answer."""
    code = (
        "import sys; sys.argv = ['x', 'resolve'];"
        f"sys.path.insert(0, {str(IMAGES / 'build')!r}); import extensions as e;"
        "e.uv = lambda *w, **k: (_ for _ in ()).throw(e.Failed('no way'));"
        "sys.exit(e.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(REQUEST), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {"error": "no way"}


def test_uv_is_told_what_the_host_says_of_its_index_and_nothing_where_it_says_nothing(
    program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "VARIABLES", tmp_path / "variables")
    monkeypatch.setattr(program, "UV_SETTINGS", tmp_path / "uv.toml")
    assert program.index() == {}
    address = "https://me:it's a=secret@index.example.org/simple"
    (tmp_path / "variables").write_bytes(script({"UV_DEFAULT_INDEX": address, "PIP_INDEX_URL": "https://x"}))
    assert program.index() == {"UV_DEFAULT_INDEX": address, "PIP_INDEX_URL": "https://x"}
    (tmp_path / "uv.toml").touch()
    assert program.index()["UV_CONFIG_FILE"] == str(tmp_path / "uv.toml")


def path_with(layer: Path) -> list[str]:
    """What Python's path is with one layer added to it."""
    code = (
        f"import sys; sys.path.insert(0, {str(IMAGES / 'web')!r}); import datacats_layer as d;"
        f"d.add(({str(layer)!r},)); print('\\n'.join(sys.path))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_layer_comes_before_the_packages_of_the_image_and_what_it_points_to_after(tmp_path: Path) -> None:
    layer, source = tmp_path / "layer", tmp_path / "source"
    layer.mkdir()
    source.mkdir()
    (layer / "x.pth").write_text(f"{source}\n")
    path = path_with(layer)
    packages = next(number for number, place in enumerate(path) if place.endswith("-packages"))
    assert path.index(str(layer)) < packages < path.index(str(source))


def test_extensions_share_their_package_though_one_of_them_claims_it(tmp_path: Path) -> None:
    """One lies in the layer, one is only pointed to and has an ``__init__.py``, one only pointed to without."""
    layer = tmp_path / "layer"
    for place, name in ((layer, "one"), (tmp_path / "two", "two"), (tmp_path / "three", "three")):
        (place / "ckanext" / name).mkdir(parents=True)
        (place / "ckanext" / name / "__init__.py").write_text("")
    (tmp_path / "two" / "ckanext" / "__init__.py").write_text("__path__ = []\n")
    (layer / "x.pth").write_text(f"{tmp_path / 'two'}\n{tmp_path / 'three'}\n")
    code = (
        f"import sys; sys.path.insert(0, {str(IMAGES / 'web')!r}); import datacats_layer as d;"
        f"d.add(({str(layer)!r},)); import ckanext.one, ckanext.two, ckanext.three"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_layer_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    assert str(tmp_path / "none") not in path_with(tmp_path / "none")


def test_an_image_with_system_packages_has_a_name_of_its_own_whatever_their_order() -> None:
    one = recipes.extended(WEB, ("libgeos-c1v5", "libproj25"), HostBuild())
    other = recipes.extended(WEB, ("libproj25", "libgeos-c1v5"), HostBuild())
    assert one.ref == other.ref != WEB
    assert dict(one.arguments) == {"BASE": str(WEB)}


def test_the_image_that_installs_is_named_for_the_web_image_it_installs_for() -> None:
    context = recipes.builder(WEB, HostBuild())
    assert context.ref == recipes.builder_ref(WEB)
    assert str(context.ref).startswith("datacats/build:2.12.0-0123456789ab-")


def test_an_extension_is_found_beside_a_namespace_that_was_made_before(tmp_path: Path) -> None:
    """CKAN's own path file makes the namespace first; an extension's module of that name would hide behind it."""
    core, layer, source = (tmp_path / name for name in ("core", "layer", "source"))
    for place in (core / "ckanext" / "activity", layer, source / "ckanext" / "cats"):
        place.mkdir(parents=True)
    (source / "ckanext" / "__init__.py").write_text("")
    (source / "ckanext" / "cats" / "__init__.py").write_text("name = 'Tom'")
    (layer / "x.pth").write_text(f"{source}\n")
    code = (
        f"import sys; sys.path[:0] = [{str(IMAGES / 'web')!r}, {str(core)!r}]; import ckanext, datacats_layer as d;"
        f"d.add(({str(layer)!r},)); import ckanext.cats, ckanext.activity; print(ckanext.cats.name)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "Tom\n"
