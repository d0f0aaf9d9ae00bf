"""How ``install`` and ``uninstall`` tell what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacats.cli.measure import count
from datacats.cli.session import Session
from datacats.model.names import typed

if TYPE_CHECKING:
    from datacats.workflows.install import Installed


def show(session: Session, done: Installed) -> None:
    """Show what is installed now, and what changed."""
    lifted = [f"Warning: {each}" for each in done.lifted]
    lines = [*lifted, *([] if done.changed else ["Nothing to do."])]
    if done.enabled:
        lines.append(f"Enabled in ckan.ini: {' '.join(done.enabled)}")
    if done.disabled:
        lines.append(f"Disabled in ckan.ini: {' '.join(done.disabled)}")
    for each in done.kept:
        pins = f" by CKAN's {', '.join(each.pins)}" if each.pins else ""
        lines.append(f"{each.name} {each.newest} is kept out{pins}; {each.chosen} is installed.")
    lines += done.notes
    if done.changed:
        extensions = [f"{name} {version}" for name, version in done.packages.items() if name.startswith("ckanext-")]
        lines.append(f"Installed: {', '.join(extensions) or 'no extension'} ({count(len(done.packages), 'package')})")
        lines += [] if done.sites else [f"No site runs. Start it: datacats start {done.name}"]
    session.result(done, lines, lifted, then=typed("open", done.name) if done.changed and done.sites else "")
