"""Tests of an extension: pytest in a one-off container, among services that live for one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from datacats.model import labels
from datacats.model.environment import SiteContext
from datacats.model.plan import RunSql
from datacats.model.secrets import Secrets
from datacats.model.service import ContainerSpec, Limits, Mount, ServiceSpec
from datacats.services import catalogue, ini, inside, postgres, redis, solr, web
from datacats.services.common import RUN, run_directory, site_labels

PURPOSE = "test"
LAYER = "/usr/lib/extensions-test"
"""Where the container sees what is installed for tests alone."""

CORE = "test-core.ini"
PACKAGES = (
    "beautifulsoup4",
    "coverage",
    "factory-boy",
    "faker",
    "freezegun",
    "pillow",
    "pytest",
    "pytest-cov",
    "pytest-factoryboy",
    "pytest-freezegun",
    "responses",
    "toml",
)
"""What CKAN's own fixtures and factories need, and what tests of extensions count on."""

REPORT = "datacats-report.json"
"""How the tests ended, written by the plugin into the files part."""

_PLUGIN = "datacats_report"
_WITHOUT_SYNC = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
_NAMES = """\
ALTER DATABASE ckan RENAME TO ckan_test;
ALTER DATABASE datastore RENAME TO datastore_test;
"""
CKAN = "/usr/lib/ckan/lib/python3.11/site-packages/ckan"


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of pytest. ``extension`` is a path below the source directory ("" for itself), None for CKAN's own tests.

    ``layer`` is what is installed for it, on the host; ``writable`` whether pytest can write beside the tests.
    """

    context: SiteContext
    layer: Path
    extension: str | None
    words: tuple[str, ...]
    terminal: bool = False
    writable: bool = True

    @property
    def place(self) -> str:
        """Where the container sees what is tested."""
        if self.extension is None:
            return CKAN
        return place(self.extension)


def place(extension: str) -> str:
    """Return where containers see an extension."""
    return f"{web.PROJECT}/{extension}" if extension else web.PROJECT


def describe(trial: Trial) -> ContainerSpec:
    """Describe the container that runs pytest."""
    context = trial.context
    command = ("python", "-m", "pytest", "-p", _PLUGIN, f"--ckan-ini={web.INI}")
    read_only = () if trial.writable and trial.extension is not None else ("-p", "no:cacheprovider")
    return ContainerSpec(
        name="",
        image=context.web_image,
        command=(*command, *read_only, *trial.words),
        user=context.host.user,
        env=_process_variables(context, writable=trial.writable),
        mounts=_mounts(trial),
        tmpfs={"/tmp": "mode=1777,exec"},  # noqa: S108 - a path in the container
        networks=web.networks(context, ()),
        limits=Limits(memory=2048),
        working_dir=trial.place if trial.extension is not None else "/tmp",  # noqa: S108
        auto_remove=True,
        terminal=trial.terminal,
        labels={**site_labels(context), labels.ONE_OFF: PURPOSE},
    )


def services(context: SiteContext) -> tuple[ServiceSpec, ...]:
    """Describe the backing services, the slowest first.

    PostgreSQL does not wait for the disk: nothing is to be kept. pytest's plugin waits for Solr.
    """
    database = postgres.describe(context)
    command = (*database.container.command, *_WITHOUT_SYNC)
    database = replace(database, container=replace(database.container, command=command))
    return (solr.describe(context), database, redis.describe(context))


def databases(context: SiteContext, secrets: Secrets) -> RunSql:
    """Give the databases names that tests know, and the roles their passwords."""
    cause = "a clone of the template becomes a place for tests"
    sql = _NAMES + postgres.roles_sql(secrets)
    return postgres.statements(context, "postgres", sql, what="names and passwords", cause=cause)


def run_files(context: SiteContext, secrets: Secrets, inis: Sequence[str], logging: str) -> dict[Path, bytes]:
    """Return the path and content of the private files of a run.

    ``inis`` are the extension's own configuration files, the first one adding to the next; ``logging`` is the text
    that says how CKAN logs.
    """
    directory = run_directory(context, web.SERVICE)
    texts = {name_of(number): text.encode() for number, text in enumerate(inis)}
    content = {
        "ckan.ini": _outermost(secrets, name_of(0) if inis else CORE, inis, logging),
        CORE: (files(__package__) / CORE).read_bytes(),
        f"{_PLUGIN}.py": (files(inside) / f"{_PLUGIN}.py").read_bytes(),
        **texts,
    }
    if context.host.authorities:
        content["authorities.pem"] = context.host.authorities
    there = {directory / name: text for name, text in content.items()}
    return {**there, run_directory(context, redis.SERVICE) / "redis.conf": redis.configuration(secrets)}


def name_of(number: int) -> str:
    """Return the name that one of the extension's configuration files has in the container."""
    return f"extension-{number}.ini"


def _outermost(secrets: Secrets, used: str, inis: Sequence[str], logging: str) -> bytes:
    values = _owned(secrets, _plugins(inis))
    owned = "\n".join(f"{key} = {value}" for key, value in values.items())
    return f"[app:main]\nuse = config:{RUN}/{used}\n{owned}\n\n{ini.logging_sections(logging)}".encode()


def _owned(secrets: Secrets, plugins: tuple[str, ...]) -> dict[str, str]:
    """Return what tests must not choose: where they write."""
    database = f"postgresql://ckan:{secrets.ckan}@postgres"
    values = {
        "sqlalchemy.url": f"{database}/ckan_test",
        "ckan.datastore.write_url": f"{database}/datastore_test",
        "ckan.datastore.read_url": f"postgresql://datastore_ro:{secrets.datastore_ro}@postgres/datastore_test",
        "solr_url": solr.URL,
        "ckan.redis.url": f"redis://:{secrets.redis}@redis:6379/1",
        "ckan.webassets.path": f"{web.STORAGE}/webassets",
    }
    facts = {"database": values["sqlalchemy.url"]}
    known = catalogue.of_plugins(plugins)
    return {**values, **{key: value.format(**facts) for each in known for key, value in each.site.items()}}


def _plugins(inis: Sequence[str]) -> tuple[str, ...]:
    return next((found for found in map(ini.plugins, inis) if found), ())


def _mounts(trial: Trial) -> tuple[Mount, ...]:
    """The source as web sees it, but what is tested can be written to: caches, coverage and JUnit files land there."""
    context = trial.context
    source, *rest = web.mounts(context)
    tested = trial.extension is not None and trial.writable
    if tested and not trial.extension:
        sources: tuple[Mount, ...] = (replace(source, read_only=False),)
    elif tested:
        sources = (source, Mount(str(Path(source.source) / str(trial.extension)), trial.place))
    else:
        sources = (source,)
    return (*sources, Mount(str(trial.layer), LAYER, read_only=True), *rest)


def _process_variables(context: SiteContext, *, writable: bool) -> Mapping[str, str]:
    """No ``CKAN_*`` but the path: such a variable beats every configuration file, and would lead tests elsewhere."""
    env = {key: value for key, value in web.process_variables(context).items() if not key.startswith("CKAN_")}
    env |= {"CKAN_INI": web.INI, "PYTHONPATH": RUN, "DATACATS_REPORT": f"{web.STORAGE}/{REPORT}"}
    env["DATACATS_SEARCH"] = f"{solr.URL}/select?q=*:*&rows=0"
    return env if writable else {**env, "COVERAGE_FILE": "/tmp/.coverage"}  # noqa: S108 - a path in the container
