"""A small extension below a source directory, on Python's path without being installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import Running

_PLUGIN = """
import ckan.plugins as plugins


class CatsPlugin(plugins.SingletonPlugin):
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.ITemplateHelpers)

    def update_config(self, config):
        plugins.toolkit.add_template_directory(config, "templates")
        plugins.toolkit.add_resource("assets", "cats")

    def get_helpers(self):
        return {"cats_say": lambda: "first"}
"""
_FILES = {
    "catsext/__init__.py": "",
    "catsext/plugin.py": _PLUGIN,
    "catsext/templates/home/about.html": "template one {{ h.cats_say() }}",
    "catsext/templates/home/index.html": "{% asset 'cats/theme' %}{{ h.render_assets('style') }}",
    "catsext/assets/webassets.yml": "theme:\n  output: cats/%(version)s_theme.css\n  contents:\n    - theme.css\n",
    "catsext/assets/theme.css": "body { color: black }\n",
    "catsext.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: catsext\nVersion: 1.0\n",
    "catsext.egg-info/entry_points.txt": "[ckan.plugins]\ncats = catsext.plugin:CatsPlugin\n",
}


class Extension:
    """The files of the extension, to be edited."""

    def __init__(self, source: Path) -> None:
        self.home = source / "ckanext-cats"
        self.plugin = self.home / "catsext" / "plugin.py"
        self.template = self.home / "catsext" / "templates" / "home" / "about.html"
        self.style = self.home / "catsext" / "assets" / "theme.css"
        for name, text in _FILES.items():
            path = self.home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def says(self, word: str) -> None:
        """Edit the plugin's Python."""
        self.plugin.write_text(_PLUGIN.replace("first", word))


@contextmanager
def extended(site: Running) -> Iterator[Extension]:
    """A site with the extension enabled; afterwards it is as it was."""
    toml, ini = site.source / "datacats.toml", site.source / "ckan.ini"
    before = {path: path.read_text() for path in (toml, ini)}
    made = Extension(site.source)
    toml.write_text(f'{before[toml]}PYTHONPATH = "/project/ckanext-cats"\n')
    ini.write_text(before[ini].replace("ckan.plugins = ", "ckan.plugins = cats "))
    site.installation.run("start", site.name)
    yield made
    for path, text in before.items():
        path.write_text(text)
    shutil.rmtree(made.home)
    site.installation.run("start", site.name)
