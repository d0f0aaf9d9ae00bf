"""The results that are more than what a workflow returns, and which result each command has.

The fields of these and of the workflows' own results are what programs read: their form has the version
``render.SCHEMA``, and a field that goes or changes its meaning raises it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datacats.model.finding import Finding, Severity
    from datacats.workflows.image_store import LocalImage
    from datacats.workflows.info import EnvironmentInfo
    from datacats.workflows.mail import Mail
    from datacats.workflows.profile import Page
    from datacats.workflows.service import ServiceInfo
    from datacats.workflows.test import Run


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What ``--dry-run`` prints: the operations, and what follows them in words."""

    plan: tuple[str, ...]
    later: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """How an inner command ended, and what it printed."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What Solr answered: its JSON, or its text in the form that was asked for."""

    answer: Any


@dataclass(frozen=True, slots=True)
class TestRuns:
    """How the tests ended on each CKAN."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Environments:
    """All environments of the data root."""

    environments: tuple[EnvironmentInfo, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a site answers, and whether a browser was there to open it."""

    url: str
    opened: bool


@dataclass(frozen=True, slots=True)
class LoggedLine:
    """A line of a service's log."""

    service: str
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class Log:
    """Lines of logs, interleaved."""

    lines: tuple[LoggedLine, ...]


@dataclass(frozen=True, slots=True)
class Services:
    """The services that a site has or may have."""

    services: tuple[ServiceInfo, ...]


@dataclass(frozen=True, slots=True)
class Mails:
    """The mails of a site, oldest first."""

    mails: tuple[Mail, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that were measured, oldest first."""

    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class File:
    """The file that was written or read."""

    file: Path


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive that was written or read, and the images in it."""

    file: Path
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Images:
    """The names of images."""

    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocalImages:
    """The images of datacats on this engine."""

    images: tuple[LocalImage, ...]


@dataclass(frozen=True, slots=True)
class PrunedImages:
    """What was removed, and what the engine kept because it is in use."""

    changed: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImageChange:
    """The image of a role before and now."""

    before: str
    now: str


@dataclass(frozen=True, slots=True)
class UpgradedSite:
    """What a site ran on before, and what it runs on now, by role."""

    name: str
    site: str
    url: str
    images: Mapping[str, ImageChange]


@dataclass(frozen=True, slots=True)
class Tweaked:
    """What was changed: ``password`` where one was made up, ``url`` where the secrets are new."""

    administrator: str = ""
    password: str | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A finding; ``mends_itself`` says that ``doctor --fix`` mends it."""

    check: str
    severity: Severity
    what: str
    why: str
    fix: str
    mends_itself: bool

    @classmethod
    def of(cls, found: Finding) -> Diagnosis:
        """Return what is told of a finding."""
        return cls(found.check, found.severity, found.what, found.why, found.fix, found.mend is not None)


@dataclass(frozen=True, slots=True)
class Diagnoses:
    """What doctor found, and what it mended."""

    healthy: bool
    findings: tuple[Diagnosis, ...]
    mended: tuple[Diagnosis, ...]


@dataclass(frozen=True, slots=True)
class HelpText:
    """The help of a command, or the text on a topic."""

    about: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class CompletionScript:
    """What a shell reads to complete the words of datacats."""

    shell: str
    script: str


_ENDED = "cli.documents:Ended"

RESULTS: Mapping[str, tuple[str, ...]] = {
    "create": ("workflows.new_site:Created",),
    "init": ("workflows.new_site:Created",),
    "start": ("workflows.start:Started",),
    "stop": ("workflows.stop:Stopped",),
    "reload": ("workflows.start:Started",),
    "restart": ("workflows.start:Started",),
    "info": ("workflows.info:EnvironmentInfo",),
    "status": ("workflows.status:Status",),
    "list": ("cli.documents:Environments",),
    "open": ("cli.documents:Opened",),
    "logs": ("cli.documents:Log",),
    "generate extension": ("workflows.generate:Generated",),
    "install": ("workflows.install:Installed",),
    "uninstall": ("workflows.install:Installed",),
    "extensions": ("workflows.installed:Extensions",),
    "sass": ("workflows.sass:Compiled",),
    "test": ("cli.documents:TestRuns",),
    "ckan": (_ENDED,),
    "paster": (_ENDED,),
    "run": (_ENDED,),
    "shell": (_ENDED,),
    "python": (_ENDED,),
    "psql": (_ENDED,),
    "solr": ("cli.documents:Answer",),
    "redis-cli": (_ENDED,),
    "spare": ("workflows.spare:Spared",),
    "exec": (_ENDED,),
    "db dump": ("cli.documents:File",),
    "db load": ("cli.documents:File",),
    "files export": ("cli.documents:File",),
    "files import": ("cli.documents:File",),
    "upgrade": ("cli.documents:UpgradedSite",),
    "images list": ("cli.documents:LocalImages",),
    "images build": ("cli.documents:Images",),
    "images push": ("cli.documents:Images",),
    "images save": ("cli.documents:Archive",),
    "images load": ("cli.documents:Archive",),
    "images prune": ("cli.documents:PrunedImages",),
    "pull": ("cli.documents:Images",),
    "doctor": ("cli.documents:Diagnoses",),
    "profile": ("cli.documents:Pages", "workflows.profile:Page", "cli.documents:File"),
    "mail": ("cli.documents:Mails", "workflows.mail:Mail"),
    "demo-data": ("workflows.demo.load:Loaded",),
    "service list": ("cli.documents:Services",),
    "service add": ("workflows.service:Switched",),
    "service remove": ("workflows.service:Switched",),
    "link": ("workflows.link:Linked",),
    "unlink": ("workflows.link:Linked",),
    "tweak": ("cli.documents:Tweaked",),
    "config show": ("workflows.settings.show:Shown",),
    "config explain": ("workflows.settings.explain:Explained",),
    "config set": ("workflows.settings.change:Changed",),
    "config unset": ("workflows.settings.change:Changed",),
    "config validate": ("workflows.settings.validate:Validated",),
    "purge": ("workflows.purge:Purged",),
    "help": ("cli.documents:HelpText",),
    "completion": ("cli.documents:CompletionScript",),
}
"""Command -> the classes of its results, below ``datacats``; those that take ``--dry-run`` have ``Foreseen`` too."""
