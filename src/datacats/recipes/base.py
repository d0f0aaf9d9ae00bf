"""The base of the images where no registry has one: made from Debian's packages."""

from __future__ import annotations

from datacats.recipes.sources import excludes

SUITE = "bookworm"


def bootstrap(archive: str) -> tuple[str, ...]:
    """Return the command that writes the root file system of the base to ``archive``.

    ``usr-is-merged`` and no recommended package keep perl out, which halves it; what no container reads is left out.
    """
    rules = (line for line in excludes().splitlines() if line.startswith("path-"))
    return (
        "mmdebstrap",
        "--variant=minbase",
        "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
        "--include=usr-is-merged",
        *(f"--dpkgopt={rule}" for rule in rules),
        SUITE,
        archive,
    )
