"""Pictures of a CKAN site, as the Quickstart comes by it."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from selenium.webdriver import Chrome
from tests.e2e.browser import browser
from tests.e2e.installation import Installation

NAME = "catstown"
"""The name shows in the pictures: an environment of that name must not be there."""

WIDTH, HEIGHT = 1200, 800
COLOURS = 128


def make(directory: Path) -> None:
    """Make an environment, take its pictures on the way of the Quickstart, and remove it."""
    installation = Installation()
    try:
        url = installation.result("create", NAME)["url"]
        with browser() as driver:
            metrics = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": True}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            _take(driver, url, directory / "site-home.png")
            installation.run("demo-data", NAME)
            _change_colour(installation.work / NAME)
            _take(driver, url, directory / "site-changed.png")
            _take(driver, f"{url}dataset/", directory / "site-datasets.png")
    finally:
        installation.remove()


def _change_colour(source: Path) -> None:
    style = source / f"ckanext-{NAME}theme" / "ckanext" / f"{NAME}theme" / "assets" / "css" / "theme.css"
    style.write_text(style.read_text().replace("--theme-main: #1b5e6b", "--theme-main: #7a1f3d"))


def _take(driver: Chrome, url: str, path: Path) -> None:
    driver.get(url)
    picture = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
    picture.quantize(COLOURS).save(path, optimize=True)
