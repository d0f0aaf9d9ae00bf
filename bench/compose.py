"""The peer: docker-compose with the same images, one-second health checks, and the classic steps of a first start."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

from bench.floor import Floor
from bench.measure import Root, until_page
from datacats.services.web import LAYER, PROJECT

_START = """\
set -e
ckan db init
ckan datastore set-permissions > /tmp/permissions.sql
python -c "
import os, psycopg2
from configparser import RawConfigParser
ini = RawConfigParser()
ini.read(os.environ['CKAN_INI'])
url = ini['app:main']['ckan.datastore.write_url']
sql = ''.join(line for line in open('/tmp/permissions.sql') if not line.startswith(chr(92) + 'connect'))
with psycopg2.connect(url) as connection, connection.cursor() as cursor:
    cursor.execute(sql)
"
ckan user add admin email=admin@example.com password=bench-password
ckan sysadmin add admin
exec ckan run -H 0.0.0.0 -p 5000
"""

_DATABASE = """\
set -e
[ -d /var/lib/postgresql/data ] || /usr/lib/datacats/initdb /var/lib/postgresql/data
exec postgres -D /var/lib/postgresql/data
"""


def run(root: Root, floor: Floor, roles: str) -> tuple[float, Path]:
    """Bring the same site up by docker-compose from nothing; return the seconds to the first page, and where."""
    directory = root.base / "compose"
    for part in ("postgres", "solr", "redis", "files", "run/web", "run/redis"):
        (directory / part).mkdir(parents=True)
    for path, text in floor.texts.items():
        (directory / "run" / path.parent.name / path.name).write_bytes(text)
    subprocess.run(["cp", "-a", str(floor.layers), str(directory / "layers")], check=True)
    (directory / "roles.sql").write_text(roles)
    (directory / "docker-compose.yml").write_text(json.dumps(_file(floor, directory)))
    subprocess.run(["chown", "-R", "{}:{}".format(*floor.owner), str(directory)], check=True)
    began = time.monotonic()
    subprocess.run([*_COMPOSE, "up", "-d"], cwd=directory, check=True, capture_output=True)
    return until_page(floor.port + 1, began), directory


def remove(directory: Path) -> None:
    """Remove what a run made."""
    subprocess.run([*_COMPOSE, "down", "-v", "-t", "1"], cwd=directory, check=True, capture_output=True)
    shutil.rmtree(directory)


_COMPOSE = ("docker-compose", "-p", "datacatsbench")


def _file(floor: Floor, directory: Path) -> dict[str, object]:
    images = {name.split("_")[1]: spec["Image"] for name, spec in floor.containers.items()}
    user = "{}:{}".format(*floor.owner)
    ready = "pg_isready -q -h 127.0.0.1 && psql -q -h /run/postgresql -U postgres -c 'select 1' ckan"
    roles = "psql -q -h /run/postgresql -U postgres -f /roles.sql; true"
    database = {
        **_service(images["postgres"], user, f"(({ready}) || ({roles})) && {ready}"),
        "command": ["bash", "-c", _DATABASE],
        "volumes": [f"{directory}/postgres:/var/lib/postgresql", f"{directory}/roles.sql:/roles.sql:ro"],
        "shm_size": "256m",
    }
    solr = {
        **_service(images["solr"], user, "/usr/lib/datacats/healthy"),
        "volumes": [f"{directory}/solr:/var/solr"],
    }
    redis = {
        **_service(images["redis"], user, "/usr/lib/datacats/healthy"),
        "command": ["redis-server", "/run/datacats/redis.conf"],
        "volumes": [f"{directory}/redis:/data", f"{directory}/run/redis:/run/datacats:ro"],
    }
    mounts = {mount["Target"]: mount["Source"] for spec in floor.containers.values() for mount in _mounts(spec)}
    layer = directory / "layers" / Path(mounts[LAYER]).name
    web = {
        "image": images["web"],
        "user": user,
        "command": ["sh", "-c", _START],
        "ports": [f"127.0.0.1:{floor.port + 1}:5000"],
        "environment": ["CKAN_INI=/run/datacats/ckan.ini"],
        "volumes": [
            f"{mounts[PROJECT]}:{PROJECT}:ro",
            f"{layer}:{LAYER}:ro",
            f"{directory}/run/web:/run/datacats:ro",
            f"{directory}/files:/var/lib/ckan",
        ],
        "depends_on": {name: {"condition": "service_healthy"} for name in ("postgres", "solr", "redis")},
    }
    services = {"postgres": database, "solr": solr, "redis": redis, "web": web}
    return {"version": "2.4", "services": services}


def _service(image: str, user: str, check: str) -> dict[str, object]:
    return {
        "image": image,
        "user": user,
        "healthcheck": {"test": ["CMD-SHELL", check], "interval": "1s", "timeout": "5s", "retries": 120},
    }


def _mounts(spec: dict[str, object]) -> list[dict[str, str]]:
    host = spec["HostConfig"]
    assert isinstance(host, dict)
    found: list[dict[str, str]] = host["Mounts"]
    return found
