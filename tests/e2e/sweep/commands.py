"""The commands that are swept: what each starts from, what it is typed as, and what it has promised when it is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from datacats.errors import Conflict, NotFound
from tests.e2e.ckan import Ckan
from tests.e2e.sweep import states
from tests.e2e.sweep.stage import Stage


@dataclass(frozen=True)
class Command:
    """A command to sweep.

    ``before`` brings the stage to where the command starts; ``broken`` says that the stage is in an unknown state.
    ``promised`` returns what a user was promised, from what the command printed. ``over`` is the status with which it
    refuses to be run again once it is done.
    """

    name: str
    words: tuple[str, ...]
    before: Callable[[Stage, bool], None]
    promised: Callable[[Stage, bytes], Mapping[str, Any]]
    over: int = 0

    def arguments(self, stage: Stage) -> tuple[str, ...]:
        """Return the words to give to datacats."""
        return tuple(stage.name if word == "NAME" else word for word in self.words)


def _signs_in(_stage: Stage, printed: bytes) -> Mapping[str, Any]:
    """The password that was shown opens the door: the one of the run that said it was done."""
    made = json.loads(printed)["result"]
    ckan = Ckan(made["url"])
    return {"page": ckan.get("/")[0], "signs in": ckan.sign_in("admin", made["password"])}


def _answers(stage: Stage, _printed: bytes) -> Mapping[str, Any]:
    """The page answers at once, and the dataset is found by its words."""
    ckan = Ckan(stage.url)
    return {"page": ckan.get("/")[0], "found": states.found(ckan)}


def _extended(stage: Stage, printed: bytes) -> Mapping[str, Any]:
    """The same, with the new extension's plugin."""
    return {**_answers(stage, printed), "plugins": Ckan(stage.url).action("status_show")["extensions"]}


def _comes_back(stage: Stage, _printed: bytes) -> Mapping[str, Any]:
    """What was stopped can be started, and the dataset is there."""
    stage.run("start", stage.name)
    return {"found": states.found(Ckan(stage.url))}


def _nothing(_stage: Stage, _printed: bytes) -> Mapping[str, Any]:
    return {}


COMMANDS = {
    each.name: each
    for each in (
        Command("create", ("create", "NAME", "--json"), states.empty, _signs_in, Conflict.exit_code),
        Command("template", ("create", "NAME", "--image-only"), states.bare, _nothing, Conflict.exit_code),
        Command("reload", ("reload", "NAME"), states.running, _answers),
        Command("start", ("start", "NAME"), states.stopped, _answers),
        Command("stop", ("stop", "NAME"), states.running, _comes_back),
        Command("upgrade", ("upgrade", "NAME"), states.outdated, _answers),
        Command("rollback", ("upgrade", "NAME", "--rollback"), states.upgraded, _answers, Conflict.exit_code),
        Command("install", ("install", "-e", "NAME"), states.extensible, _extended),
        Command("purge", ("purge", "NAME", "-y"), states.half_started, _nothing, NotFound.exit_code),
        Command(
            "purge-all",
            ("purge", "NAME", "-y", "--delete-environment"),
            states.half_started,
            _nothing,
            NotFound.exit_code,
        ),
    )
}
