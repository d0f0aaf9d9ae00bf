"""A reader who follows a page to the letter: a home, a shell, and what the page says of the output."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.dialect import Command, File, Page, Program
from tests.docs.disguise import Disguise
from tests.docs.matching import differences

HOME = "/home/me"
"""The home directory of the reader whom the pages are written for."""

LIMIT = 600
"""Seconds that one step may take."""

_WAITED = re.compile(r"^Waiting for the .* \.\.\.\n", re.MULTILINE)
"""What a command says that comes while a spare container is being made: a matter of luck."""

_SCRIPT = """\
cd "$(cat "$PAGE/cwd")" && . "$PAGE/env"
{command}
status=$?
export -p >"$PAGE/env"
pwd >"$PAGE/cwd"
exit $status
"""


class Untrue(AssertionError):
    """A page says what is not so."""


@dataclass
class Reader:
    """Follows one page in a directory of its own; ``data`` is the data root, ``env`` what the process variables are.

    Each command is run by a shell of its own, which finds the working directory and the variables of the one before.
    """

    page: Page
    base: Path
    data: Path
    env: Mapping[str, str]
    disguise: Disguise = field(init=False)

    def __post_init__(self) -> None:
        home = self.base / "me"
        projects = home / "projects"
        projects.mkdir(parents=True)
        (home / ".datacats").symlink_to(self.data)
        paths = {f"{HOME}/.datacats": str(self.data), HOME: str(home)}
        self.disguise = Disguise(self.page.names, self.page.ports, paths)
        self._state = self.base / "state"
        self._state.mkdir()
        self._write("cwd", str(projects))
        self._write("env", "")

    def follow(self) -> None:
        """Take all steps of the page. Raises Untrue with all that did not go as the page says."""
        wrong = [f"{self.page.path}:{step.line}: {why}" for step in self.page.steps if (why := self._take(step))]
        if wrong:
            raise Untrue("\n\n".join(wrong))

    def _take(self, step: Command | File | Program) -> str:
        """Take one step; return what did not go as the page says."""
        if isinstance(step, Command):
            return self._type(step)
        if isinstance(step, File):
            self._save(step)
            return ""
        status, output = self._run([sys.executable, "-c", self.disguise.on(step.text)])
        return f"the program ended with {status}:\n{output}" if status else ""

    def _type(self, command: Command) -> str:
        status, output = self._run(["bash", "-c", _SCRIPT.format(command=self.disguise.on(command.text))])
        if status != command.status:
            return f"$ {command.text}\nended with {status}, not {command.status}:\n{output}"
        unlike = differences(command.expected, _WAITED.sub("", output)) if command.expected else ""
        return f"$ {command.text}\n{unlike}" if unlike else ""

    def _save(self, file: File) -> None:
        path = Path(self._read("cwd")) / Path(self.disguise.on(file.path.replace("~", HOME)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.disguise.on(file.text))

    def _run(self, words: list[str]) -> tuple[int, str]:
        """Run a process to its end and return its status and its output in the page's words.

        The output goes to a file: what stays in the background may hold it open.
        """
        with (self._state / "output").open("w+b") as output:
            process = subprocess.Popen(
                words,
                cwd=self._read("cwd"),
                env=self._variables(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            end = "" if self._ends(process) else f"\n(killed after {LIMIT} s)"
            output.seek(0)
            return process.returncode, self.disguise.off(output.read().decode(errors="replace")) + end

    def _ends(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until a process has ended; whether it did so by itself."""
        ended = False
        try:
            with suppress(subprocess.TimeoutExpired):
                process.wait(LIMIT)
                ended = True
        finally:
            if not ended:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return ended

    def _variables(self) -> dict[str, str]:
        """The page's home is not where the machine's own settings lie."""
        real = Path.home()
        kept = {
            "DOCKER_CONFIG": str(real / ".docker"),
            "XDG_CONFIG_HOME": str(real / ".config"),
            **{f"GIT_{who}_{what}": f"me{'@localhost' * (what == 'EMAIL')}" for who, what in _GIT},
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{self.env['PATH']}"
        ours = {"HOME": str(self.base / "me"), "PATH": path, "PAGE": str(self._state), "TERM": "dumb"}
        return {**kept, **self.env, **ours}

    def _read(self, name: str) -> str:
        return (self._state / name).read_text().strip()

    def _write(self, name: str, text: str) -> None:
        (self._state / name).write_text(text)


_GIT = [(who, what) for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
