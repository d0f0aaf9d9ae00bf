"""The table of commands: what ``--help`` shows without importing any of them."""

from __future__ import annotations

from collections.abc import Mapping

COMMANDS: Mapping[str, tuple[str, str]] = {
    "create": ("create", "Make an environment and bring its site up."),
    "start": ("start", "Bring a site up; touch nothing that already matches."),
    "stop": ("stop", "Stop the containers of a site."),
    "reload": ("reload", "Replace web, and bring everything else up."),
    "info": ("info", "Show what an environment is and where it answers."),
    "list": ("list", "List the environments."),
    "purge": ("purge", "Remove a site's containers and data."),
    "ckan": ("ckan", "Run a ckan command in a throw-away container."),
    "paster": ("paster", "The old spelling of ckan."),
}
"""Command -> (module below ``datacats.cli``, one-line help); in the order in which people meet them."""
