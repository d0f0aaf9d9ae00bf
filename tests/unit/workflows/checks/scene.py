"""A host, an engine and a data root in memory, with one environment that is well."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from datacats.engine.fake import FakeEngine
from datacats.engine.fake_disk import FakeDisk
from datacats.engine.fake_http import FakeHttp
from datacats.model import labels
from datacats.model.environment import Environment, Site
from datacats.model.observed import ContainerDetail, ContainerSeen, ImageSeen, NetworkSeen
from datacats.model.ports import Completed, Ports
from datacats.model.service import ContainerSpec, NetworkSpec, PublishedPort
from datacats.model.sign import Sign
from datacats.store import environment_file, locate, site_file, source
from datacats.store.root import FILE, content
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite
from datacats.workflows.checks.seen_services import SeenService
from tests.unit.builders import ENVIRONMENT, IMAGES, SITE

HOME = ENVIRONMENT.data.parent
UID = 1000
NOW = 1_800_000_000.0
LABELS = {labels.ROOT: ENVIRONMENT.root, labels.HOME: str(HOME), labels.ENVIRONMENT: ENVIRONMENT.name}
CATSTOWN = SeenSite(ENVIRONMENT, SITE)
RESOLVED = {"getent": Completed(0), "find": Completed(0)}

WRITTEN = ("postgres/data/PG_VERSION", "solr/data/index/segments_1", "files/storage/cat.png")
"""What services have written of a site."""


@dataclass
class Scene:
    """What a test sets up, then looks at by ``facts``."""

    engine: FakeEngine = field(default_factory=FakeEngine)
    disk: FakeDisk = field(default_factory=FakeDisk)
    http: FakeHttp = field(default_factory=FakeHttp)
    env: dict[str, str] = field(default_factory=lambda: {"DATACATS_HOME": str(HOME)})

    def __post_init__(self) -> None:
        self.disk.programs.update(RESOLVED)
        self.disk.make_directory(HOME / "_locks", 0o700)
        self.disk.make_directory(HOME / "_templates", 0o700)
        self.disk.add(HOME / FILE, content(ENVIRONMENT.root), 0o600)
        self.engine.world.add_image(*(IMAGES[role] for role in ("web", "postgres", "search", "redis")))
        self.age_images(days=1)
        self.add(ENVIRONMENT, SITE)

    @property
    def facts(self) -> Facts:
        """One look at it."""
        ports = Ports(self.engine, self.disk, self.http, self.env)
        return Facts(ports, self.env, Path("/"), uid=UID, now=NOW)

    def add(self, environment: Environment, site: Site) -> None:
        """Let an environment be there, with a site."""
        owner = self.disk.owner
        self.disk.add(environment.source / environment_file.NAME, environment_file.new(environment.name, "2.12"))
        self.disk.add(environment.source / source.INI, source.new_files("x")[source.INI])
        self.disk.make_directory(environment.site_directory(site.name), 0o700, owner)
        for file in WRITTEN:
            self.disk.add(environment.site_directory(site.name) / file)
        locate.record_source(self.disk, environment, owner)
        site_file.ensure_secrets(self.disk, environment, site.name, owner)
        site_file.write(self.disk, environment, site, owner)

    def age_images(self, days: int) -> None:
        """Let the images be so old."""
        images = self.engine.world.images
        images.update({name: replace(seen, created=int(NOW - days * 86400)) for name, seen in images.items()})

    def chmod(self, path: Path, mode: int) -> None:
        """Let somebody have changed a mode."""
        object.__setattr__(self.disk.tree.followed(path), "mode", mode)

    def run(self, name: str, **changes: Any) -> None:
        """Let a container run."""
        self.hold(name, **changes)
        self.engine.containers.start(name)

    def hold(self, name: str, **changes: Any) -> None:
        """Let a container be there that never ran."""
        spec = ContainerSpec(name=name, image=IMAGES.web, command=("run",), user="1000:1000")
        self.engine.containers.create(replace(spec, **changes))

    def run_web(self) -> None:
        """Let the site's web run."""
        published = (PublishedPort("127.0.0.1", SITE.port, 5000),)
        self.run("datacats_web_catstown", labels={**LABELS, labels.SERVICE: "web"}, ports=published)

    def network(self, name: str, subnet: str, **changes: str) -> None:
        """Let a network be there."""
        self.engine.networks.create(NetworkSpec(name, subnet, internal=False, labels=changes))


def container(name: str, state: str = "exited", **more: str) -> ContainerSeen:
    """A container of the data root."""
    return ContainerSeen(f"id-{name}", name, "datacats/web:1", state, labels=LABELS | more)


def network(name: str, *subnets: str) -> NetworkSeen:
    """A network that datacats did not make."""
    return NetworkSeen(f"id-{name}", name, subnets)


def image(days: int) -> ImageSeen:
    """An image of that age."""
    return ImageSeen("sha256:1", ("x",), created=int(NOW - days * 86400))


def detail(state: str = "running", **changes: Any) -> ContainerDetail:
    """How a container is that never had any trouble."""
    calm = ContainerDetail("id", "x", state, 0, out_of_memory=False, error="", restarts=0, started="", finished="")
    return replace(calm, **changes)


def service(name: str = "web", state: str = "running", **changes: Any) -> SeenService:
    """A service of catstown that runs and is well, or is in another state."""
    well = SeenService(CATSTOWN, name, container(f"datacats_{name}_catstown", state), detail(state), age=7200.0)
    return replace(well, **{"sign": Sign(well=True) if state == "running" else None, **changes})
