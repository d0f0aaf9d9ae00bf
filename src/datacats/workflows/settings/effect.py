"""What follows a change of a setting: who shows it by itself, and which services a command replaces for it."""

from __future__ import annotations

from datacats.model.environment import Mode, SiteContext
from datacats.model.names import RUN_CKAN, typed
from datacats.model.switches import services_of


def of_ini(context: SiteContext) -> str:
    """Return what follows a change of the source's ``ckan.ini``."""
    if context.site.mode is Mode.DEVELOPMENT:
        beside = _services(context)[1:]
        rest = f"; {', '.join(beside)} {'starts' if len(beside) == 1 else 'start'} anew" if beside else ""
        return f"The development server shows it on the next request{rest}."
    return _replaced(context)


def of_secret(context: SiteContext) -> str:
    """Return what follows a change of the site's ``secrets.ini``."""
    return _replaced(context)


def of_toml(context: SiteContext, effect: str) -> str:
    """Return what follows a change of ``datacats.toml``, with the command where that is a start."""
    if not effect.startswith("The next start"):
        return effect
    return f"{effect.rstrip('.')}: {typed('start', context.environment.name, context.site.name)}"


def _replaced(context: SiteContext) -> str:
    reload = typed("reload", context.environment.name, context.site.name)
    return f"It is in force after: {reload} (replaces {', '.join(_services(context))})"


def _services(context: SiteContext) -> list[str]:
    return [each for each in services_of(context.environment, context.site) if each in RUN_CKAN]
