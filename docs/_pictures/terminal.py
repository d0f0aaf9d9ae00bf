"""What a terminal shows of a command, as a picture: run on a terminal of our own, and drawn from its screen."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pyte
from pyte.screens import Char
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import MONOKAI
from rich.text import Text
from tests.e2e.installation import PROGRAM, Installation

NAME = "catstown"
COLUMNS, ROWS = 100, 200
LIMIT = 300

_FONTS = re.compile(r"@font-face\s*\{[^}]*\}")
"""Rich's pictures ask another server for a font."""


def make(directory: Path) -> None:
    """Record the commands that the pages show as pictures."""
    installation = Installation()
    try:
        installation.run("create", "template-first")
        installation.run("purge", "-y", "--delete-environment", "template-first")
        _keep(directory, "create", picture(installation, "create", NAME))
        _wait_until_well(installation)
        _keep(directory, "status", picture(installation, "status", NAME))
    finally:
        installation.remove()


def _keep(directory: Path, name: str, drawn: str) -> None:
    (directory / f"terminal-{name}.svg").write_text(drawn)


def _wait_until_well(installation: Installation) -> None:
    """The worker takes a moment longer than the page."""
    end = time.monotonic() + LIMIT
    while subprocess.run([*PROGRAM, "status", "-q", NAME], env=installation.env, check=False).returncode:
        if time.monotonic() > end:
            raise SystemExit(f"{NAME} is not well after {LIMIT} s")


def picture(installation: Installation, *words: str) -> str:
    """Run a command of datacats on a terminal, and return its last screen as a picture. Nothing is typed but Enter."""
    screen = pyte.Screen(COLUMNS, ROWS)
    pyte.ByteStream(screen).feed(_record([*PROGRAM, *words], installation))
    lines = [*_lines(screen)]
    while lines and not lines[-1].plain.strip():
        del lines[-1]
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text(f"$ datacats {' '.join(words)}", style="bold"))
    for line in lines:
        console.print(line, overflow="crop", no_wrap=True)
    return _FONTS.sub("", console.export_svg(title="", theme=MONOKAI))


def _record(command: list[str], installation: Installation) -> bytes:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        ["setsid", "--ctty", "--wait", *command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=installation.work,
        env={**installation.env, "TERM": "xterm-256color"},
    )
    os.close(theirs)
    recorded = b"".join(_chunks(ours))
    os.close(ours)
    if process.wait() != 0:
        raise SystemExit(f"{command}: {recorded.decode()}")
    return _as_at_home(recorded, installation)


def _as_at_home(recorded: bytes, installation: Installation) -> bytes:
    """Paths as a reader has them."""
    at_home = {installation.home: "/home/me/.datacats", installation.work: "/home/me/projects"}
    for path, instead in at_home.items():
        recorded = recorded.replace(str(path).encode(), instead.encode())
    return recorded


def _chunks(terminal: int) -> Iterator[bytes]:
    """What comes until the other end is closed. A question is answered by Enter."""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            return
        if chunk.rstrip(b" ").endswith(b":"):
            os.write(terminal, b"\n")
        yield chunk


def _lines(screen: pyte.Screen) -> Iterator[Text]:
    for row in range(ROWS):
        chars = [screen.buffer[row][column] for column in range(COLUMNS)]
        line = Text()
        for style, same in groupby(chars, _style):
            line.append("".join(char.data for char in same), style)
        line.rstrip()
        yield line


def _style(char: Char) -> Style:
    colour = None if char.fg == "default" else f"#{char.fg}" if re.fullmatch("[0-9a-f]{6}", char.fg) else char.fg
    return Style(color={"brown": "yellow"}.get(colour or "", colour), bold=char.bold, italic=char.italics)
