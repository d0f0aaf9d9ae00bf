"""CKAN as its command line has it before it looks at its words, made once and used by a process that is forked."""
# ruff: noqa: INP001, PTH100, PTH116, PTH120, PTH123, PTH208, SLF001, PLC0415
# A file of the image, not a module of the package: it reaches into CKAN and Python where nothing else would do, imports
# CKAN when it is time to, and looks at paths by the thousand.

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, NoReturn

CKAN = "/usr/lib/ckan/bin/ckan"
STORAGE = "/var/lib/ckan"
NOT_SOURCE = ("/proc", "/sys", "/dev", "/etc", "/tmp", STORAGE)  # noqa: S108 - a path in the container
WANTED_LATER = ("alembic.command", "alembic.config", "alembic.autogenerate")
LOG_TIME = re.compile(rb"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}")

Seen = dict[str, tuple[int, int, int] | None]


class Reading:
    """Keeps the names of the files and directories that are opened or listed while it is entered."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self._on = True
        sys.addaudithook(self._hear)

    def end(self) -> tuple[str, ...]:
        """Stop, and return what lies in a mount: the rest is the image's own and stays as it is."""
        self._on = False
        files = {name for each in sys.modules.values() if isinstance(name := getattr(each, "__file__", None), str)}
        paths = self.paths | files
        paths |= {os.path.dirname(path) for path in paths}
        mounts = tuple(f"{point}/" for point in mount_points())
        return tuple(sorted(path for path in paths if f"{path}/".startswith(mounts)))

    def _hear(self, event: str, words: tuple[Any, ...]) -> None:
        if self._on and event in {"open", "os.listdir", "os.scandir"} and words and isinstance(words[0], str):
            self.paths.add(os.path.abspath(words[0]))


def mount_points() -> Iterator[str]:
    """Name the mounts that source, settings and installed packages come by."""
    with open("/proc/self/mountinfo", encoding="utf-8") as lines:
        for line in lines:
            point = line.split()[4]
            if point != "/" and not f"{point}/".startswith(tuple(f"{each}/" for each in NOT_SOURCE)):
                yield point


def look(paths: tuple[str, ...]) -> Seen:
    """Return what tells a changed file or directory from what it was."""
    found: Seen = {}
    for path in paths:
        found[path] = None
        with suppress(OSError):
            seen = os.stat(path)
            found[path] = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
    return found


class Ready:
    """CKAN as its command line has it before it looks at its words; what making it so printed is kept."""

    def __init__(self) -> None:
        self.cli: Any = None
        self.context: Any = None
        self.printed = (b"", b"")
        self.seen: Seen = {}

    def make(self) -> None:
        """Import CKAN and make its application; where that cannot be done, commands run the ordinary way."""
        reading = Reading()
        outputs = [(number, os.dup(number), os.memfd_create("printed")) for number in (1, 2)]
        for number, _, kept in outputs:
            os.dup2(kept, number)
        try:
            self._make()
        except BaseException:  # noqa: BLE001 - the ordinary way meets it again, and tells it
            self.cli = None
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            self.printed = tuple(os.pread(kept, os.fstat(kept).st_size, 0) for _, _, kept in outputs)  # type: ignore[assignment]
            for number, before, kept in outputs:
                os.dup2(before, number)
                os.close(before)
                os.close(kept)
        self.seen = look(reading.end())
        gc.collect()
        gc.freeze()
        ctypes.CDLL(None).malloc_trim(0)

    def _make(self) -> None:
        import click
        from ckan.cli import cli  # type: ignore[import-not-found]

        self.context = cli.CtxObject(None)
        cli._add_external_commands(click.Context(cli.ckan, obj=self.context))
        for name in WANTED_LATER:
            importlib.import_module(name)
        follow_settings()
        disconnect()
        if len(os.listdir("/proc/self/task")) == 1:  # a thread would not come along
            self.cli = cli

    @property
    def stale(self) -> bool:
        """Whether it must not be used: it could not be made, or something it was made from has changed."""
        return self.cli is None or look(tuple(self.seen)) != self.seen

    def enter(self, argv: list[str]) -> None:
        """Hand what is ready to CKAN's command line when it asks for it; for another ini it starts anew."""
        ini = os.path.realpath(os.environ["CKAN_INI"])

        def give(context: Any, path: str | None = None) -> None:  # noqa: ANN401 - click's
            if path and os.path.realpath(path) != ini:
                become_ckan(argv)
            self._tell()
            follow_settings()
            context.obj = self.context
            context.meta["flask_app"] = self.context.app._wsgi_app

        self.cli._add_ctx_object = give
        self.cli._add_external_commands = lambda _context: None

    def _tell(self) -> None:
        """Print what was printed, at the time of now."""
        moment = time.time()
        now = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(moment))},{int(moment % 1 * 1000):03d}"
        for stream, text in zip((sys.stdout, sys.stderr), self.printed, strict=True):
            stream.flush()
            stream.buffer.write(LOG_TIME.sub(now.encode(), text))
            stream.flush()


def follow_settings() -> None:
    """Have the settings that administrators change at run time, as every request has."""
    from ckan.lib.app_globals import app_globals  # type: ignore[import-not-found]

    app_globals._check_uptodate()


def disconnect() -> None:
    """Leave no connection open to wait beside an idle process."""
    from ckan import model  # type: ignore[import-not-found]
    from ckan.lib import redis  # type: ignore[import-not-found]
    from sqlalchemy.engine import Engine  # type: ignore[import-not-found]

    model.Session.remove()
    gc.collect()
    for each in gc.get_objects():
        if isinstance(each, Engine):
            each.dispose()
    redis.connect_to_redis().connection_pool.disconnect()


def become_ckan(argv: list[str]) -> NoReturn:
    """Run the command the ordinary way."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(CKAN, [CKAN, *argv])  # noqa: S606 - no shell is wanted


def run_ckan(argv: list[str]) -> int:
    """Run CKAN's own program in this process; return its exit status, as the interpreter would have it."""
    sys.argv = [CKAN, *argv]
    for stream, is_live in ((sys.stdout, os.isatty(1)), (sys.stderr, True)):
        stream.reconfigure(line_buffering=is_live)  # type: ignore[union-attr]
    main = sys.modules["__main__"].__dict__
    main["__file__"] = CKAN
    with open(CKAN, encoding="utf-8") as program:
        code = compile(program.read(), CKAN, "exec")
    try:
        exec(code, main)  # noqa: S102 - CKAN's own program
    except SystemExit as end:
        return status_of(end)
    except BaseException as error:  # noqa: BLE001 - told as the interpreter would
        told = error.with_traceback(own_part(error.__traceback__))
        sys.excepthook(type(told), told, told.__traceback__)
        if isinstance(error, KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGINT)
        return 1
    return 0


def status_of(end: SystemExit) -> int:
    """Return the status that an exit asks for; words are printed and are status 1."""
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF
    sys.stderr.write(f"{end.code}\n")
    return 1


def own_part(trace: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback that begins in CKAN's program."""
    while trace and trace.tb_frame.f_code.co_filename != CKAN:
        trace = trace.tb_next
    return trace


def finish(status: int) -> NoReturn:
    """End this process as the interpreter would, but for taking everything apart."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        status = status or 120
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(status)
