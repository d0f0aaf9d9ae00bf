"""Every page as a browser shows it, on a phone and on a desk, to be looked at."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver import Chrome
from tests.e2e.browser import browser

WIDTHS = (390, 1280)
TALLEST = 12_000
SCRIPT = "return [document.documentElement.scrollHeight, document.documentElement.scrollWidth]"


def make(html: Path, directory: Path) -> None:
    """Take them from the files, as without a server. A page that is wider than its window is told."""
    directory.mkdir(parents=True, exist_ok=True)
    with browser() as driver:
        for page in sorted(html.rglob("*.html")):
            for width in WIDTHS:
                _take(driver, page, width, directory / f"{'-'.join(page.relative_to(html).parts)}-{width}.png")


def _take(driver: Chrome, page: Path, width: int, path: Path) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < WIDTHS[1]}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.get(page.as_uri())
    height, found = driver.execute_script(SCRIPT)
    if found > width:
        print(f"{page.name} is {found} wide at {width}")
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics | {"height": min(height, TALLEST)})
    driver.get_screenshot_as_file(str(path))
