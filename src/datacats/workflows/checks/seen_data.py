"""What the checks look at below the data root, read once. Files that cannot be read are left out: one names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from datacats.errors import DatacatsError
from datacats.model.environment import Environment, Site
from datacats.model.names import PRIMARY, called
from datacats.model.ports import Disk
from datacats.store import environment_file, locate, site_file
from datacats.store.root import DataRoot, existing_root, root_path


@dataclass(frozen=True, slots=True)
class SeenSite:
    """A site whose files can be read; ``at_work`` says which command holds its environment, and is empty for none."""

    environment: Environment
    site: Site
    at_work: str = ""

    @property
    def name(self) -> str:
        """What people call it: ``catstown``, or ``catstown/blue`` for a further site."""
        return called(self.environment.name, self.site.name)

    @property
    def words(self) -> str:
        """What names it on the command line."""
        named = self.environment.name
        return named if self.site.name == PRIMARY else f"-s {self.site.name} {named}"

    @property
    def options(self) -> str:
        """What names it for commands whose own words are something else."""
        named = f"-e {self.environment.name}"
        return named if self.site.name == PRIMARY else f"{named} -s {self.site.name}"


@dataclass
class SeenData:
    """One look at the data root. ``reference`` None means all its environments, ``site`` None all sites of these.

    ``holding`` is our own lock.
    """

    disk: Disk
    env: Mapping[str, str]
    cwd: Path
    reference: str | None = None
    holding: Path | None = None
    site: str | None = None

    @property
    def home(self) -> Path:
        """Where the data root is, or would be."""
        return root_path(self.env)

    @cached_property
    def _opened(self) -> tuple[DataRoot | None, DatacatsError | None]:
        try:
            return existing_root(self.disk, self.env), None
        except DatacatsError as error:
            return None, error

    @property
    def root(self) -> DataRoot | None:
        """The data root; None when there is none yet, or it cannot be read."""
        return self._opened[0]

    @property
    def error(self) -> DatacatsError | None:
        """Why it cannot be read."""
        return self._opened[1]

    @cached_property
    def every_name(self) -> tuple[str, ...]:
        """All environments of the data root."""
        return locate.names(self.disk, self.root) if self.root else ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The environments that are looked at. Raises NotFound when the one that is asked for is not there."""
        if self.reference is None:
            return self.every_name
        if self.root is None or self.reference in self.every_name:
            return (self.reference,)
        return (locate.find(self.disk, self.root, self.reference, self.cwd).name,)

    @cached_property
    def environments(self) -> tuple[Environment, ...]:
        """Those of them whose files can be read."""
        return tuple(self._environments(self.names))

    @cached_property
    def sites(self) -> tuple[SeenSite, ...]:
        """Their sites."""
        every = self._sites(self.environments)
        return tuple(each for each in every if self.site in {None, each.site.name})

    @cached_property
    def every_site(self) -> tuple[SeenSite, ...]:
        """Every site of the data root: any of them may have what another needs."""
        return tuple(self._sites(self._environments(self.every_name)))

    def is_locked(self, lock: Path) -> bool:
        """Whether another command holds a lock."""
        return self.holder(lock) is not None

    def holder(self, lock: Path) -> str | None:
        """Return which other command holds a lock, as people are told; None when none does."""
        return None if lock == self.holding else self.disk.lock_holder(lock)

    def _environments(self, names: Iterable[str]) -> Iterator[Environment]:
        for name in names:
            if self.root is not None:
                with suppress(DatacatsError):
                    yield self._as_written(locate.by_name(self.disk, self.root, name))

    def _as_written(self, environment: Environment) -> Environment:
        with suppress(DatacatsError):
            file = environment_file.read(self.disk, environment.source)
            return replace(environment, ckan=file.ckan, services=file.services, cron=file.cron)
        return environment

    def _sites(self, environments: Iterable[Environment]) -> Iterator[SeenSite]:
        for environment in environments:
            at_work = self._at_work(environment)
            for name in site_file.names(self.disk, environment):
                with suppress(DatacatsError):
                    yield SeenSite(environment, site_file.read(self.disk, environment, name), at_work)

    def _at_work(self, environment: Environment) -> str:
        with suppress(DatacatsError):  # where the lock cannot be read, the check of what belongs to whom says so
            return self.holder(environment.data / "lock") or ""
        return ""
