"""``install`` of a locked set into a fresh environment, against uv alone in the same image with the same cache."""

from __future__ import annotations

import json
import shutil
from typing import Any

from bench.measure import PROGRAM, Root, seconds, summary

_NAME = "bench-install"
_SET = ("ckanext-scheming", "ckanext-harvest", "ckanext-dcat")
_LAYER = "/usr/lib/extensions"


def measure(root: Root, rounds: int) -> dict[str, Any]:
    """Interleave them. The first installation, which fills the cache, is not counted; no site runs meanwhile."""
    root.run("create", _NAME, "--no-sysadmin", "--bare")
    root.run("stop", _NAME)
    root.run("install", "-e", _NAME, "--no-enable", *_SET)
    samples: dict[str, list[float]] = {"locked set": [], "uv alone": [], "uv alone, compiling": [], "nothing to do": []}
    for _ in range(rounds):
        _forget_layer(root)
        samples["locked set"].append(_install(root))
        samples["nothing to do"].append(_install(root))
        samples["uv alone"].append(_alone(root))
        samples["uv alone, compiling"].append(_alone(root, "--compile-bytecode"))
    root.run("purge", _NAME, "-y", "--delete-environment")
    found = {name: summary(each) for name, each in samples.items()}
    least = {name: each["median"] for name, each in found.items()}
    ratios = {f"locked set / {name}": least["locked set"] / least[name] for name in ("uv alone", "uv alone, compiling")}
    return {**found, **ratios}


def _install(root: Root) -> float:
    return seconds(*PROGRAM, "install", "-e", _NAME, "--no-enable", env=root.env)


def _forget_layer(root: Root) -> None:
    data = root.base / "home" / _NAME
    shutil.rmtree(data / "layers")
    (data / "layer.json").unlink()


def _alone(root: Root, *options: str) -> float:
    """Install what the lock says into an empty directory."""
    target = root.base / "alone"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    (cache,) = (root.base / "home" / "_cache").glob("uv-*")
    owner = cache.stat()
    private = root.base / "home" / _NAME / "run" / "install"
    lock = root.base / _NAME / "datacats.lock"
    target.chmod(0o777)
    lines = "".join(line for line in lock.read_text().splitlines(keepends=True) if not line.startswith("-e "))
    (target / "lock.txt").write_text(lines)
    mounts = {cache: "/cache", target: _LAYER, private: "/run/datacats"}
    env = {"UV_CACHE_DIR": "/cache", "UV_LINK_MODE": "copy", "UV_PYTHON_DOWNLOADS": "never"}
    if (private / "authorities.pem").exists():
        env["SSL_CERT_FILE"] = "/run/datacats/authorities.pem"
    told = "[ ! -f /run/datacats/variables ] || . /run/datacats/variables"
    words = ["uv pip install --no-deps --require-hashes --target", _LAYER, *options]
    return seconds(
        *("docker", "run", "--rm", "--user", f"{owner.st_uid}:{owner.st_gid}", "--tmpfs", "/tmp:exec"),  # noqa: S108
        *(f"--volume={place}:{inside}" for place, inside in mounts.items()),
        *(f"--env={name}={value}" for name, value in env.items()),
        *(
            _image(root),
            "sh",
            "-c",
            f"{told}; {' '.join(words)} --python /usr/lib/ckan/bin/python -r {_LAYER}/lock.txt",
        ),
    )


def _image(root: Root) -> str:
    """The newest image that installs extensions, of those that the site uses."""
    listed = json.loads(root.run("images", "list", "--json"))["result"]["images"]
    mine = [each for each in listed if each["role"] == "build" and each["used_by"]]
    return str(max(mine, key=lambda each: each["created"])["name"])
