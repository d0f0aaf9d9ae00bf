"""Tells, inside the container, of the pages that the development server measured."""
# ruff: noqa: INP001 - a file of the image, not a module of the package

import sys

from development.pages import main  # type: ignore[import-not-found]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
