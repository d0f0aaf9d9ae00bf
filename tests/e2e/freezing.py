"""Pausing a container of a site on a busy machine."""

import time

import docker
from docker.errors import APIError


def freeze(engine: docker.APIClient, name: str, seconds: float = 60) -> None:
    """Pause the container ``name``, asking again while the kernel cannot freeze all of its processes.

    runc gives up after about 0.4 s, and one process that waits for the disk is enough for it with cgroup v1.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            engine.pause(name)
        except APIError as refused:
            if "unable to freeze" not in str(refused.explanation) or time.monotonic() > end:
                raise
        else:
            return
