"""What the kernel of this host counts of a container, where its engine runs here.

Docker Engine before 23 answers for one only with its next sample of all, which is up to a second away. What the kernel
has counted is the same, and is there at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from datacats.model.observed import ContainerUsage

_ROOT = Path("/sys/fs/cgroup")
_NAMES = ("docker/{}", "system.slice/docker-{}.scope")
"""Where an engine puts a container: by itself, or by systemd."""


@dataclass(frozen=True, slots=True)
class _Version:
    """The words of a version of control groups: where memory is, and what its files and counts are called."""

    below: str
    used: str
    limit: str
    idle: str


_VERSIONS = (
    _Version("", "memory.current", "memory.max", "inactive_file"),
    _Version("memory", "memory.usage_in_bytes", "memory.limit_in_bytes", "total_inactive_file"),
)


def usage(identity: str, root: Path = _ROOT, memory: Path = Path("/proc/meminfo")) -> ContainerUsage | None:
    """Return what the container of that id uses; None where this kernel does not count it, or elsewhere."""
    for version in _VERSIONS:
        for name in _NAMES:
            with suppress(OSError, ValueError, LookupError):
                return _read(root / version.below / name.format(identity), version, memory)
    return None


def without_idle(used: int, idle: int, limit: int) -> ContainerUsage:
    """Leave out, as ``docker stats`` does, pages of files that nobody has used for a while: they go when need be."""
    return ContainerUsage(used - idle if idle < used else used, limit)


def _read(group: Path, version: _Version, memory: Path) -> ContainerUsage:
    used = int((group / version.used).read_text("ascii"))
    limit = (group / version.limit).read_text("ascii").strip()
    whole = int(_counts(memory)["MemTotal:"]) * 1024
    return without_idle(
        used, int(_counts(group / "memory.stat")[version.idle]), whole if limit == "max" else min(int(limit), whole)
    )


def _counts(path: Path) -> Mapping[str, str]:
    lines = (line.split() for line in path.read_text("ascii").splitlines())
    return {words[0]: words[1] for words in lines if len(words) > 1}
