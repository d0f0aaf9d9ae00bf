"""Make the pictures that are named, or all."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from docs._pictures import pages, site, terminal

ROOT = Path(__file__).parents[2]

MAKERS: Mapping[str, Callable[[], None]] = {
    "site": lambda: site.make(ROOT / "docs" / "_static"),
    "terminal": lambda: terminal.make(ROOT / "docs" / "_static"),
    "pages": lambda: pages.make(ROOT / "build" / "docs" / "html", ROOT / "build" / "pictures"),
}


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(prog="script/pictures", description=__doc__)
    parser.add_argument("pictures", nargs="*", choices=[[], *MAKERS], help="default: all")
    for name in parser.parse_args().pictures or MAKERS:
        MAKERS[name]()


if __name__ == "__main__":
    main()
