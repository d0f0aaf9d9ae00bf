"""Measures what each page costs: its time, its SQL, and where in Python its time went."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable
from cProfile import Profile
from typing import Any

from .pages import Pages

NO_PAGE = ("image/", "font/", "video/", "text/css", "text/javascript", "application/javascript")
_SHOWN = 100

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Sql(threading.local):
    """The statements of the page that this thread makes: text -> how often, and seconds."""

    def __init__(self) -> None:
        self.statements: dict[str, tuple[int, float]] = {}
        self.began = 0.0

    def listen(self) -> None:
        """Hear of every statement that SQLAlchemy sends, whichever database it is for."""
        from sqlalchemy import event  # type: ignore[import-not-found]  # noqa: PLC0415 - CKAN's own
        from sqlalchemy.engine import Engine  # type: ignore[import-not-found]  # noqa: PLC0415

        event.listen(Engine, "before_cursor_execute", self._begins)
        event.listen(Engine, "after_cursor_execute", self._ended)

    def _begins(self, *_: object) -> None:
        self.began = time.perf_counter()

    def _ended(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        count, seconds = self.statements.get(statement, (0, 0.0))
        self.statements[statement] = count + 1, seconds + time.perf_counter() - self.began

    def told(self) -> list[dict[str, Any]]:
        """Return the statements, the most costly first."""
        costly = sorted(self.statements.items(), key=lambda each: -each[1][1])
        return [{"sql": text, "count": count, "seconds": seconds} for text, (count, seconds) in costly]


class Measured:
    """An application whose pages are measured until they are made; pictures, styles and scripts are not."""

    def __init__(self, application: Application, pages: Pages) -> None:
        self._application = application
        self._pages = pages
        self._sql = Sql()
        self._sql.listen()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, and tell of it."""
        self._sql.statements = {}
        answered: list[str] = []
        began = time.perf_counter()

        def noting(status: str, headers: list[tuple[str, str]], *more: object) -> object:
            kind = next((value for name, value in headers if name.lower() == "content-type"), "")
            answered[:] = [status, kind]
            return start(status, [*headers, ("Server-Timing", self._timing(time.perf_counter() - began))], *more)

        profile = Profile()
        try:
            return profile.runcall(self._application, environ, noting)
        finally:
            status, kind = answered or ("500", "")
            if not kind.startswith(NO_PAGE):
                self._tell(environ, status, time.perf_counter() - began, profile)

    def _timing(self, seconds: float) -> str:
        """What browsers show of a request in their tools."""
        told = self._sql.told()
        count, sql = sum(each["count"] for each in told), sum(each["seconds"] for each in told)
        return f'page;dur={1000 * seconds:.1f}, sql;dur={1000 * sql:.1f};desc="{count} statements"'

    def _tell(self, environ: dict[str, Any], status: str, seconds: float, profile: Profile) -> None:
        query = environ.get("QUERY_STRING", "")
        statements = self._sql.told()
        facts = {
            "time": time.strftime("%H:%M:%S"),
            "method": environ["REQUEST_METHOD"],
            "path": environ.get("PATH_INFO", "") + (f"?{query}" if query else ""),
            "status": int(status.split(maxsplit=1)[0]),
            "seconds": seconds,
            "sql_seconds": sum(each["seconds"] for each in statements),
            "statements": statements,
        }
        number = self._pages.keep(facts, profile)
        sys.stderr.write(f"datacats: page {number}: {line(facts)}\n")
        sys.stderr.flush()


def line(facts: dict[str, Any]) -> str:
    """Return what the log says of a page."""
    statements = facts["statements"]
    count = sum(each["count"] for each in statements)
    head = f"{facts['method']} {facts['path']} {facts['status']} in {facts['seconds']:.3f} s"
    text = f"{head}, {count} SQL statements in {facts['sql_seconds']:.3f} s"
    if not statements:
        return text
    most = statements[0]
    short = " ".join(most["sql"].split())[:_SHOWN]
    return f"{text}, most of it in {most['count']} x {short} ({most['seconds']:.3f} s)"
