#!/usr/bin/env python3
"""Say whether the Docker Engine that datacats would use answers. Runs from the source, before anything is installed.

Usage: PYTHONPATH=src script/find_engine.py [IMAGE ...]

Prints the engine's address, or why there is none. Exit status:

    0  it answers (and, when images are named, has one of them)
    3  there is no engine
    4  the engine that DOCKER_HOST or a Docker context names does not answer
    5  an engine is there, but this user may not use its socket
    6  it answers, but has none of the images
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import quote

from datacats.engine.endpoint import SYSTEM_SOCKET, Endpoint, find
from datacats.errors import DatacatsError

FOUND, NONE, SILENT, FORBIDDEN, NO_IMAGE = 0, 3, 4, 5, 6
PATIENCE = 10


def answers(endpoint: Endpoint, path: str) -> bool:
    """Whether a GET request has success; raise OSError when nothing answers."""
    link = http.client.HTTPConnection("docker")
    link.sock = endpoint.dial(PATIENCE)
    try:
        link.request("GET", path)
        return link.getresponse().status == http.client.OK
    except http.client.HTTPException as error:
        raise OSError(error) from error
    finally:
        link.close()


def look(endpoint: Endpoint, images: list[str]) -> int:
    """Return the status of an engine."""
    try:
        if not answers(endpoint, "/_ping"):
            return SILENT
        if images and not any(answers(endpoint, f"/images/{quote(image, safe='/:')}/json") for image in images):
            return NO_IMAGE
    except PermissionError:
        return FORBIDDEN
    except OSError:
        return NONE if endpoint.path == str(SYSTEM_SOCKET) else SILENT
    return FOUND


def main(images: list[str]) -> int:
    """Print what was found; return the status."""
    try:
        endpoint = find(os.environ)
    except DatacatsError as error:
        sys.stdout.write(f"{error.message}\n{error.hint}\n")
        return SILENT
    status = look(endpoint, images)
    sys.stdout.write(f"{endpoint}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
