"""Real shells on a terminal of their own, in which a person types the beginning of a line and TAB."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from collections.abc import Mapping
from pathlib import Path

SHELLS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "bash": (("bash", "--norc", "--noprofile", "-i"), 'eval "$(datacats completion bash)"'),
    "zsh": (("zsh", "-f", "-i"), 'autoload -Uz compinit && compinit -u && eval "$(datacats completion zsh)"'),
    "fish": (("fish", "--no-config", "-i"), "datacats completion fish | source"),
}
"""Shell -> how it is started without anybody's settings, and what the help says to put into one's own."""

_PATIENCE = 60.0
_HOME_KEY = "\x01"


def completed(shell: str, typed: str, home: Path, cwd: Path) -> str:
    """Return what a line has become after its TABs. The data root is ``home/.datacats``."""
    program, setup = SHELLS[shell]
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(cwd)
        os.execvpe(program[0], program, _variables(home))  # noqa: S606 - a shell is what is wanted
    try:
        os.write(terminal, f"{setup}\n{typed}{_HOME_KEY}echo '<' \x05'>'\n".encode())
        return _between(terminal)
    finally:
        os.close(terminal)
        os.waitpid(process, 0)


def _variables(home: Path) -> dict[str, str]:
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": programs, "HOME": str(home), "TERM": "dumb", "LANG": "C.UTF-8"}


def _between(terminal: int) -> str:
    """Read until ``echo`` has printed the line between angle brackets."""
    seen = ""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 1 << 16).decode(errors="replace")
        for line in seen.replace("\r", "\n").split("\n"):
            if line.startswith("< ") and line.endswith(">"):
                return line[2:-1].rstrip()
    raise AssertionError(f"Nothing was printed between angle brackets:\n{seen}")
