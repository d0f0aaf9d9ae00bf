"""The development server as the container's first process."""
# ruff: noqa: INP001 - a file of the image, not a module of the package

import sys

from development.server import main  # type: ignore[import-not-found]

if __name__ == "__main__":
    sys.exit(main())
