"""What a new environment looks like, and the skeletons that people begin with: they work, and so do their tests."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver.common.by import By

from tests.e2e.browser import browser
from tests.e2e.conftest import Running


def theme(site: Running) -> Path:
    """The package of the theme that the environment was made with."""
    (found,) = (site.source / f"ckanext-{site.name}theme" / "ckanext").glob("*theme")
    return found


def test_a_browser_shows_the_theme_and_every_edit_of_it_when_the_page_is_loaded_again(catstown: Running) -> None:
    banner = next((theme(catstown) / "templates").rglob("*_banner.html"))
    style = theme(catstown) / "assets" / "css" / "theme.css"
    before = {file: file.read_text() for file in (banner, style)}
    with browser() as driver:
        driver.get(catstown.ckan.url)
        assert driver.find_element(By.CSS_SELECTOR, ".theme-banner h1").text == catstown.name
        for word in ("Cats first", "Cats always"):
            banner.write_text(before[banner].replace("<h1>{{ g.site_title }}", f"<h1>{word}"))
            driver.get(catstown.ckan.url)
            assert driver.find_element(By.CSS_SELECTOR, ".theme-banner h1").text == word
        style.write_text(f"{before[style]}\n.theme-banner h1 {{ color: rgb(1, 2, 3) !important }}\n")
        driver.get(catstown.ckan.url)
        heading = driver.find_element(By.CSS_SELECTOR, ".theme-banner h1")
        assert heading.value_of_css_property("color") == "rgba(1, 2, 3, 1)"
    for file, text in before.items():
        file.write_text(text)


def test_the_tests_that_the_theme_came_with_pass(catstown: Running) -> None:
    said = catstown.installation.text("test", cwd=theme(catstown))
    assert "3 passed" in said


def test_a_generated_extension_is_installed_serves_its_page_and_passes_its_tests(catstown: Running) -> None:
    installation, name = catstown.installation, "ckanext-purr-count"
    installation.run("generate", "extension", "purr-count", "-e", catstown.name)
    installation.run("install", "-e", catstown.name)
    assert catstown.ckan.get("/purr-count")[0] == 200
    assert " passed" in installation.text("test", name, cwd=catstown.source)
    installation.run("uninstall", "-e", catstown.name, name)
    assert catstown.ckan.get("/purr-count")[0] == 404
