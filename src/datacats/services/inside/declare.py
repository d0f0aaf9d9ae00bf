"""Tells what CKAN and its plugins declare of their settings, and what CKAN's own validators say of some values.

Input: JSON, setting -> value. Output: JSON. Nothing is asked of a database, and invalid values do not stop it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO

from ckan import __version__  # type: ignore[import-not-found]
from ckan.common import config  # type: ignore[import-not-found]
from ckan.config.declaration import Declaration  # type: ignore[import-not-found]
from ckan.config.declaration.key import Key, Pattern  # type: ignore[import-not-found]
from ckan.config.environment import CONFIG_FROM_ENV_VARS  # type: ignore[import-not-found]
from ckan.plugins import IConfigDeclaration, core  # type: ignore[import-not-found]

Record = dict[str, Any]


def declare(plugins: list[str]) -> tuple[Any, dict[str, str], dict[str, str]]:
    """Return the declaration, the plugin that declared each setting, and why plugins could not be loaded."""
    declaration = Declaration()
    declaration.load_core_declaration()
    owners = {str(key): "" for key in declaration._options}  # noqa: SLF001 - internal ones count too
    problems = {}
    for name in plugins:
        try:
            plugin = core._get_service(name)  # noqa: SLF001 - as CKAN's own command does
            if hasattr(plugin, "activate"):  # 2.10
                plugin.activate()
            core._PLUGINS_SERVICE[name] = plugin  # noqa: SLF001 - its validators are found by this
            if IConfigDeclaration.implemented_by(type(plugin)):
                plugin.declare_config_options(declaration, Key())
        except Exception as error:  # noqa: BLE001 - whatever an extension raises
            problems[name] = f"{type(error).__name__}: {error}".partition("\n")[0]
        for key in declaration._options:  # noqa: SLF001
            owners.setdefault(str(key), name)
    return declaration, owners, problems


def option(key: Any, declared: Any, plugin: str) -> Record:  # noqa: ANN401 - classes of CKAN's
    """Return what is declared of one setting."""
    return {
        "key": str(key),
        "dynamic": isinstance(key, Pattern),
        "plugin": plugin,
        "default": declared.str_value() if declared.has_default() else None,
        "validators": declared.get_validators().strip(),
        "description": declared.description or "",
        "example": None if declared.example is None else str(declared.example),
        "former": declared.legacy_key or "",
        "flags": [flag.name for flag in type(declared.flags) if flag.name and declared.has_flag(flag)],
    }


def main(output: TextIO) -> None:
    """Answer."""
    config.update(json.load(sys.stdin))
    declaration, owners, problems = declare(str(config.get("ckan.plugins") or "").split())
    options = [option(key, each, owners[str(key)]) for key, each in declaration._options.items()]  # noqa: SLF001
    declaration.make_safe(config)
    _, errors = declaration.validate(config)
    answer = {
        "ckan": __version__,
        "options": options,
        "variables": CONFIG_FROM_ENV_VARS,
        "errors": {str(key): "; ".join(map(str, each)) for key, each in errors.items()},
        "problems": problems,
    }
    json.dump(answer, output, default=str)
    output.flush()


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as own:
        os.dup2(2, 1)  # what an extension prints while it is imported is no part of the answer
        main(own)
