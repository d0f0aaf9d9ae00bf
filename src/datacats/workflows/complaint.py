"""What uv says of packages that cannot be had, as errors of ours: what is wrong, and what mends it."""

from __future__ import annotations

import re

from datacats.errors import CommandFailed
from datacats.services import headers

_UNREACHED = r"error sending request|dns error|tcp connect error|operation timed out|Network connectivity is disabled"
_UNCHANGED = "Nothing was changed."

_KNOWN = (
    (r"(\S+) was not found in the package registry", "The package index has no {0}.", "Look its name up."),
    (
        r"(?s)Updating (\S+) \(([^)]*)\).*Git operation failed",
        "Git cannot fetch {0} ({1}).",
        "Check that address and the branch, tag or commit after its @; https without a password must do.",
    ),
    (
        r"(?s)Couldn't parse requirement.*cause: ([^\n]+)\n\s*([^\n]*)",
        "{1} is no requirement: {0}.",
        "Write it as a name, as 'NAME==VERSION', or as a git address.",
    ),
    (
        r"there is no version of (\S+?)([=!~<>]\S+) and you require \1",
        "The package index has no {0}{1}.",
        "Leave the version out: datacats install {0}.",
    ),
    (
        r"only (\S+?)([<=]\S+) (?:is|are) available and you require (\1\S+),",
        "The package index has no {2}, only {0}{1}.",
        "Leave the version out: datacats install {0}.",
    ),
    (
        r"(?:requested|current) Python version \S+ does not satisfy",
        "A package needs another Python than CKAN's image has.",
        "Another release may do: datacats install 'NAME==VERSION'.",
    ),
    (
        r"Hash mismatch for `([^`]+)`",
        "datacats.lock does not match the package index: {0} has another hash there.",
        "Restore it from version control, or resolve it anew: datacats install --upgrade.",
    ),
    (
        r"Failed to build|Failed to download and build|build backend",
        "A package does not build.",
        "Mend what its lines above complain of, or try another release: datacats install 'NAME==VERSION'.",
    ),
)
"""Words of uv, with what they mean and what mends it; the first that are there count."""


class IndexUnreachable(CommandFailed):
    """The index of packages does not answer; the detail is the resolver's own complaint."""


class Unresolvable(CommandFailed):
    """The packages cannot be had together; the detail is the resolver's own explanation."""


def explained(detail: str) -> CommandFailed:
    """Return the error that uv's words about a failure make."""
    if re.search(_UNREACHED, detail):
        return IndexUnreachable(
            "The package index cannot be reached.",
            f"Check the network, and the index and proxy that this host names: datacats doctor. {_UNCHANGED}",
            detail=detail,
        )
    if packages := headers.packages_for(detail):
        listed = ", ".join(f'"{name}"' for name in packages)
        return Unresolvable(
            "A package does not compile: it wants C headers that are not in the image.",
            f"Write system_packages = [{listed}] in datacats.toml, then: datacats install. {_UNCHANGED}",
            detail=detail,
        )
    for words, meaning, way in _KNOWN:
        if found := re.search(words, detail):
            said = found.groups()
            return Unresolvable(meaning.format(*said), f"{way.format(*said)} {_UNCHANGED}", detail=detail)
    return Unresolvable(
        "The extensions cannot be installed together.",
        f"Leave one of those out, or ask for other releases: datacats install 'NAME==VERSION'. {_UNCHANGED}",
        detail=detail,
    )
