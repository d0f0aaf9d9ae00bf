"""Settings of CKAN's that belong to a site: who changes them instead."""

from __future__ import annotations

from datacats.model.environment import SiteContext
from datacats.model.masking import is_secret
from datacats.model.names import typed
from datacats.services import ini, mail


def is_owned(key: str) -> bool:
    """Whether datacats sets it for every site."""
    return key in ini.OWNED


def way(context: SiteContext, key: str) -> str:
    """Return the command that changes a setting that a site owns; empty where it follows from what the site is."""
    name, site = context.environment.name, context.site.name
    if key == "ckan.site_url":
        return f"{typed('start', name, site)} --site-url URL"
    if is_secret(key):
        return typed("tweak --new-secrets", name, site)
    return ""


def until(context: SiteContext, key: str) -> str:
    """Return the words that say what ends that datacats sets a setting that a user may choose; empty where none do."""
    if key not in mail.settings(context, ()):
        return ""
    command = typed(f"service remove {mail.SERVICE} -e", context.environment.name, context.site.name)
    return f", as long as {mail.SERVICE} catches what it sends; no longer after: {command}"
