"""Resolves and installs extensions beside CKAN: a request in JSON on standard input, an answer on standard output.

``resolve`` finds exact packages for all requirements at once, under the versions that CKAN runs with; ``lay``
installs exact packages into the layer. Both leave CKAN's own environment as it is.
"""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import configparser
import email
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

PROJECT = Path("/project")
LAYER = Path("/usr/lib/extensions")
PYTHON = "/usr/lib/ckan/bin/python"
BUILD_TOOLS = "/usr/lib/datacats/build.txt"
VARIABLES = Path("/run/datacats/variables")
UV_SETTINGS = Path("/run/datacats/uv.toml")
UNREAD = shutil.ignore_patterns(".git", ".venv", "node_modules", "__pycache__", "*.egg-info")
PIN = re.compile(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.!+_-]*[A-Za-z0-9])")


class Failed(Exception):
    """uv could not do it; the message is its own words."""


def main() -> int:
    """Answer one request; ``lay`` answers by its exit status, and says on standard error what is wrong."""
    request = json.load(sys.stdin)
    try:
        if sys.argv[1] == "lay":
            lay(request)
            return 0
        answer = resolve(request)
    except Failed as error:
        if sys.argv[1] == "lay":
            return 1
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)
    return 0


def resolve(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lines of a lock for ``asked`` and what the source's own packages require.

    ``named`` are those of which a release that was not taken is told. ``own`` are the source's own packages: whatever
    requires one of them has it, and none is taken from elsewhere.

    ``unbuilt`` names directories whose metadata must be built first; ``locked`` is kept where it fits, unless
    ``upgrade`` names packages (or all of them by ``*``). ``held`` are versions that must be kept; with ``testing``
    the versions that CKAN's own developers test with are taken where they fit.
    """
    described = {directory: describe(PROJECT / directory) for directory in request["unbuilt"]}
    wanted = [*request["asked"], *request["requires"]]
    for each in described.values():
        wanted += each["requires"]
    pins = ckan_pins()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        free = {name for name, _ in map(split, request["overrides"])}
        fixed = {name: version for name, version in pins.items() if name not in free}
        held = request.get("held", ())
        (work / "pins.txt").write_text(lines([*(f"{name}=={version}" for name, version in fixed.items()), *held]))
        (work / "overrides.txt").write_text(lines(request["overrides"]))
        liked = developers_pins(request["locked"]) if request.get("testing") else []
        (work / "lock.txt").write_text(f"{lines(liked)}{request['locked']}")
        (work / "wanted.txt").write_text(lines(wanted))
        (work / "own.txt").write_text(lines([*request["own"], *(each["name"] for each in described.values())]))
        found = compiled(
            work,
            [f"--upgrade-package={name}" for name in request["upgrade"] if name != "*"],
            upgrade="*" in request["upgrade"],
        )
        packages = "".join(entry for name, version, entry in entries(found) if fixed.get(name) != version)
        return {
            "described": described,
            "packages": packages,
            "kept": list(kept_back(work, request["named"], found, fixed)),
        }


def lay(request: Mapping[str, Any]) -> None:
    """Install exact packages into the layer: those of an index by their hashes, those of a repository by commit."""
    hashed: list[str] = []
    others: list[str] = []
    for _, _, entry in entries(request["packages"]):
        (hashed if "--hash=" in entry else others).append(entry)
    for chosen, options in ((hashed, ["--require-hashes"]), (others, [])):
        if chosen:
            with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
                file.write("".join(chosen))
                file.flush()
                uv(
                    "pip",
                    "install",
                    "--no-deps",
                    *options,
                    "--target",
                    str(LAYER),
                    "--python",
                    PYTHON,
                    "--build-constraints",
                    BUILD_TOOLS,
                    "-r",
                    file.name,
                )
    # CKAN's own path file shares the package among all that hold a part of it; a part that claims it would hide others.
    (LAYER / "ckanext" / "__init__.py").unlink(missing_ok=True)
    subprocess.run([PYTHON, "-m", "compileall", "-q", "-j", "0", str(LAYER)], check=False, stdout=sys.stderr)


def describe(directory: Path) -> dict[str, Any]:
    """Build a package's wheel from a copy, for its metadata."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / directory.name
        shutil.copytree(directory, copy, ignore=UNREAD, symlinks=True)
        uv("build", "--wheel", "--out-dir", scratch, "--python", PYTHON, str(copy))
        wheel = next(Path(scratch).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            files = archive.namelist()
            metadata = email.message_from_bytes(archive.read(one(files, ".dist-info/METADATA")))
            points = configparser.RawConfigParser(delimiters=("=",))
            points.optionxform = str  # type: ignore[assignment,method-assign]
            if any(name.endswith(".dist-info/entry_points.txt") for name in files):
                points.read_string(archive.read(one(files, ".dist-info/entry_points.txt")).decode())
    return {
        "name": metadata["Name"],
        "version": metadata["Version"],
        "requires": [each for each in metadata.get_all("Requires-Dist") or () if "extra ==" not in each],
        "root": "src" if (directory / "src").is_dir() and not (directory / "ckanext").is_dir() else "",
        "entry_points": {section: dict(points.items(section)) for section in points.sections()},
    }


def ckan_pins() -> dict[str, str]:
    """Return what CKAN's own environment holds."""
    frozen = uv("pip", "freeze", "--python", PYTHON, env={"PYTHONPATH": ""})
    return {normal(name): version for name, version in PIN.findall(frozen)}


def developers_pins(locked: str) -> list[str]:
    """Return the packages that CKAN's own developers use, but for those that are locked already."""
    code = "import importlib.metadata; print('\\n'.join(importlib.metadata.requires('ckan') or ()))"
    told = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout
    there = {name for name, _, _ in entries(locked)}
    pins = PIN.findall("\n".join(line.partition(";")[0] for line in told.splitlines() if 'extra == "dev"' in line))
    return [f"{name}=={version}" for name, version in pins if normal(name) not in there]


def compiled(work: Path, options: Iterable[str], *, upgrade: bool) -> str:
    """Resolve all requirements together."""
    lock = work / "lock.txt"
    overrides = work / "overrides.txt"
    uv(
        "pip",
        "compile",
        str(work / "wanted.txt"),
        "--constraints",
        str(work / "pins.txt"),
        "--excludes",
        str(work / "own.txt"),
        *(["--overrides", str(overrides)] if overrides.stat().st_size else []),
        "--python",
        PYTHON,
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--build-constraints",
        BUILD_TOOLS,
        *(["--upgrade"] if upgrade else []),
        *options,
        "--output-file",
        str(lock),
    )
    return lock.read_text()


def kept_back(work: Path, wanted: Iterable[str], found: str, fixed: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield each package that was asked for by name and has a newer release, with the pins that rule that out."""
    chosen = {name: version for name, version, _ in entries(found)}
    names = [name for name, url in map(split, wanted) if not url and name in chosen]
    if not names:
        return
    (work / "names.txt").write_text(lines(names))
    newest = uv(
        "pip", "compile", str(work / "names.txt"), "--python", PYTHON, "--no-deps", "--no-header", "--no-annotate"
    )
    for name, version in PIN.findall(newest):
        if version != chosen[normal(name)]:
            yield {
                "name": name,
                "chosen": chosen[normal(name)],
                "newest": version,
                "pins": against(work, f"{name}=={version}", fixed),
            }


def against(work: Path, requirement: str, fixed: Mapping[str, str]) -> list[str]:
    """Return the pins that uv names when that requirement alone cannot be had."""
    (work / "one.txt").write_text(f"{requirement}\n")
    try:
        uv("pip", "compile", str(work / "one.txt"), "--constraints", str(work / "pins.txt"), "--python", PYTHON)
    except Failed as error:
        return sorted(
            {f"{name}=={version}" for name, version in PIN.findall(str(error)) if fixed.get(normal(name)) == version}
        )
    return []


def entries(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, version (or address) and the whole entry of each requirement."""
    for entry in re.findall(r"^[^\s#].*(?:\n[ \t]+.*)*\n?", text, re.MULTILINE):
        name, version = split(entry.partition("\\")[0].partition(";")[0])
        yield name, version or entry.partition("==")[2].split()[0], entry if entry.endswith("\n") else f"{entry}\n"


def split(requirement: str) -> tuple[str, str]:
    """Return the name and the address of a requirement; the address is empty for one of an index."""
    found = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^]]*\])?\s*(?:@\s*(\S+))?", requirement)
    return (normal(found[1]), found[2] or "") if found else ("", requirement.strip())


def normal(name: str) -> str:
    """Return a name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def one(files: Iterable[str], ending: str) -> str:
    """Return the file that ends so."""
    return next(name for name in files if name.endswith(ending))


def lines(texts: Iterable[str]) -> str:
    """Return texts as lines."""
    return "".join(f"{text}\n" for text in texts)


def uv(*words: str, env: Mapping[str, str] | None = None) -> str:
    """Run uv; its complaint is the error."""
    done = subprocess.run(
        ["uv", "--no-progress", "--color", "never", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **index(), **(env or {})},
    )
    sys.stderr.write(done.stderr)
    if done.returncode != 0:
        raise Failed(done.stderr.strip() or f"uv ended with status {done.returncode}")
    return done.stdout


def index() -> dict[str, str]:
    """Return the variables that tell uv of the host's package index and proxies: in a file, for they hold passwords."""
    told = shlex.split(VARIABLES.read_text()) if VARIABLES.is_file() else []
    found = dict(word.split("=", 1) for word in told if "=" in word)
    return {**found, "UV_CONFIG_FILE": str(UV_SETTINGS)} if UV_SETTINGS.is_file() else found


if __name__ == "__main__":
    sys.exit(main())
