"""What a person does on the first day, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.expected_conditions import title_contains, url_contains
from selenium.webdriver.support.ui import WebDriverWait

from tests.e2e.browser import browser
from tests.e2e.conftest import PASSWORD, Running


def open_form(driver: WebDriver, url: str) -> None:
    """Open a form with a title, and wait until the page is ready to make a name of what is typed there."""
    driver.get(url)
    await_that(driver, lambda page: page.find_elements(By.CSS_SELECTOR, ".slug-preview"))


def fill(driver: WebDriver, **fields: str) -> None:
    for name, text in fields.items():
        field = driver.find_element(By.NAME, name)
        field.clear()
        field.send_keys(text)


def press(driver: WebDriver, css: str) -> None:
    button = driver.find_element(By.CSS_SELECTOR, css)
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click();", button)


def is_named(driver: WebDriver) -> bool:
    """Whether the page has made a name of the title, as it does a moment after it was typed."""
    return bool(driver.find_element(By.NAME, "name").get_property("value"))


def await_that(driver: WebDriver, is_so: Callable[[WebDriver], object]) -> None:
    """Wait for a page; what is shown in its place is told."""
    try:
        WebDriverWait(driver, 120).until(is_so)
    except TimeoutException:
        pytest.fail(f"{driver.current_url}:\n{driver.find_element(By.TAG_NAME, 'body').text}")


def test_a_person_signs_in_adds_an_organization_and_a_dataset_with_a_file_and_finds_it(
    catstown: Running, tmp_path: Path
) -> None:
    file = tmp_path / "whales.csv"
    file.write_text("sea,whales\nNorth,7\n")
    with browser() as driver:
        driver.get(catstown.ckan.url)
        assert "Welcome" in driver.title
        press(driver, "a[href*='/user/login']")
        fill(driver, login="admin", password=PASSWORD)
        press(driver, "form button[type=submit].btn-primary")
        assert driver.find_elements(By.CSS_SELECTOR, "a[href*='/user/admin']")

        open_form(driver, f"{catstown.ckan.url}organization/new")
        fill(driver, title="Harbour")
        await_that(driver, is_named)
        press(driver, "button[name=save]")
        await_that(driver, title_contains("Harbour"))

        open_form(driver, f"{catstown.ckan.url}dataset/new")
        fill(driver, title="Whales of the bay", notes="Counted from the pier, blubber and all")
        await_that(driver, is_named)
        press(driver, "button[name=save]")
        await_that(driver, url_contains("/resource/new"))
        driver.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(file))
        fill(driver, name="Counts")
        press(driver, "button[name=save][value='go-metadata']")
        await_that(driver, url_contains("/dataset/whales-of-the-bay"))

        driver.get(f"{catstown.ckan.url}dataset/?q=blubber")
        assert driver.find_elements(By.LINK_TEXT, "Whales of the bay")
    (found,) = catstown.ckan.action("package_search", q="blubber", include_private=True)["results"]
    assert found["resources"][0]["name"] == "Counts"
