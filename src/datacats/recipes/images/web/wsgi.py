"""The production server's application: CKAN, configured and logging as its ini says."""
# ruff: noqa: INP001 - a file of the image, not a module of the package

import logging
import os

from ckan.cli import load_config  # type: ignore[import-not-found]
from ckan.config.middleware import make_app  # type: ignore[import-not-found]

application = make_app(load_config(os.environ["CKAN_INI"]))

# The ini's logging silences what was there before it.
for server in ("gunicorn.access", "gunicorn.error"):
    logging.getLogger(server).disabled = False
