"""What is read of the kernel's counts, in both of their versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.engine import cgroup
from datacats.model.observed import ContainerUsage

ID = "f" * 64
MIB = 2**20


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """A machine with 4 GiB."""
    file = tmp_path / "meminfo"
    file.write_text("MemTotal:        4194304 kB\nMemFree:  12 kB\nHugePages_Total:       0\n")
    return file


def write(group: Path, **files: str) -> None:
    group.mkdir(parents=True)
    for name, content in files.items():
        (group / name.replace("__", ".")).write_text(f"{content}\n")


@pytest.mark.parametrize("name", [f"system.slice/docker-{ID}.scope", f"docker/{ID}"])
@pytest.mark.parametrize(("limit", "told"), [(str(64 * MIB), 64 * MIB), ("max", 4096 * MIB)])
def test_version_2_tells_memory_without_idle_files_and_its_limit(
    tmp_path: Path, memory: Path, name: str, limit: str, told: int
) -> None:
    stat = f"anon 1\ninactive_file {MIB}\n"
    write(tmp_path / name, memory__current=str(10 * MIB), memory__max=limit, memory__stat=stat)
    assert cgroup.usage(ID, tmp_path, memory) == ContainerUsage(9 * MIB, told)


@pytest.mark.parametrize(("limit", "told"), [(64 * MIB, 64 * MIB), (9223372036854771712, 4096 * MIB)])
def test_version_1_has_other_names_for_the_same(tmp_path: Path, memory: Path, limit: int, told: int) -> None:
    group = tmp_path / "memory" / "docker" / ID
    stat = f"inactive_file 0\ntotal_inactive_file {MIB}\n"
    write(group, memory__usage_in_bytes=str(10 * MIB), memory__limit_in_bytes=str(limit), memory__stat=stat)
    assert cgroup.usage(ID, tmp_path, memory) == ContainerUsage(9 * MIB, told)


def test_a_container_that_this_kernel_does_not_count_is_left_to_the_engine(tmp_path: Path, memory: Path) -> None:
    assert cgroup.usage(ID, tmp_path, memory) is None


def test_counts_that_cannot_be_read_are_left_to_the_engine(tmp_path: Path, memory: Path) -> None:
    write(tmp_path / "docker" / ID, memory__current="many", memory__max="max", memory__stat="inactive_file 0")
    assert cgroup.usage(ID, tmp_path, memory) is None


def test_more_idle_than_used_is_the_kernel_counting_late() -> None:
    assert cgroup.without_idle(5, 7, 9) == ContainerUsage(5, 9)
