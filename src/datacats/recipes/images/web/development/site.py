"""The applications that the development server's children serve: CKAN, or the page that stands in for it."""

from __future__ import annotations

import html
import logging
import os
import socket
import sys
import time
import warnings
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

_LET_GO = 10.0

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Made:
    """An application, what makes it forget the templates it has read, and whether its requests are logged."""

    application: Application
    forget: Callable[[], None] = lambda: None
    logs: bool = True


@dataclass(frozen=True)
class Wish:
    """How CKAN is to be made.

    ``note`` is shown at the end of each page, ``debugger`` is debugpy's port or 0; with ``measured`` each page is.
    """

    ini: str
    late_loggers: Collection[str] = ()
    note: str = ""
    debugger: int = 0
    measured: bool = False


def make_ckan(wish: Wish) -> Made:
    """Make what ``ckan run`` serves, in its debugger, with templates that are read again when they change."""
    if wish.debugger:
        _listen(wish.debugger)
    os.environ["WERKZEUG_RUN_MAIN"] = "true"  # as in the reloader's child: the debugger tells its PIN
    # What is imported here the parent has imported already, unless memory is short.
    from ckan.cli import load_config  # type: ignore[import-not-found]  # noqa: PLC0415
    from ckan.common import config  # type: ignore[import-not-found]  # noqa: PLC0415
    from ckan.config.middleware import make_app  # type: ignore[import-not-found]  # noqa: PLC0415
    from ckan.exceptions import CkanDeprecationWarning  # type: ignore[import-not-found]  # noqa: PLC0415
    from ckan.lib.i18n import build_js_translations  # type: ignore[import-not-found]  # noqa: PLC0415
    from flask import Flask  # type: ignore[import-not-found]  # noqa: PLC0415
    from werkzeug.debug import DebuggedApplication  # type: ignore[import-not-found]  # noqa: PLC0415

    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    settings = {**Flask.default_config, "TEMPLATES_AUTO_RELOAD": True}
    Flask.default_config = type(Flask.default_config)(settings)
    configuration = load_config(wish.ini)
    for name in wish.late_loggers:  # the ini's logging silences what was there before it
        logging.getLogger(name).disabled = False
    application = make_app(configuration)
    if config.get("debug"):
        warnings.filterwarnings("default", category=CkanDeprecationWarning)
    build_js_translations()
    debugged = DebuggedApplication(_measured(application) if wish.measured else application, evalex=True)
    if hasattr(debugged, "trusted_hosts"):
        debugged.trusted_hosts.append("0.0.0.0")  # noqa: S104 - what ``ckan run`` trusts
    templates = application._wsgi_app.jinja_env  # noqa: SLF001 - CKAN's own name for it
    templates.bytecode_cache = _compiled_templates()
    return Made(_noted(debugged, wish.note) if wish.note else debugged, templates.cache.clear)


def _measured(application: Application) -> Application:
    from .measured import Measured  # noqa: PLC0415 - only where it is asked for
    from .pages import Pages  # noqa: PLC0415

    return Measured(application, Pages())


def _listen(port: int) -> None:
    """Have debugpy listen, once that of the child before has let the port go."""
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # frozen modules of Python itself are not what is debugged
    import debugpy  # type: ignore[import-not-found]  # noqa: PLC0415, T100 - only where it is asked for

    deadline = time.monotonic() + _LET_GO
    while True:
        try:
            socket.create_server(("0.0.0.0", port)).close()  # noqa: S104 - the network of the container
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    debugpy.configure(subProcess=False)
    debugpy.listen(("0.0.0.0", port))  # noqa: S104, T100


def _compiled_templates() -> object:
    """Where the children after this one find CKAN's own templates compiled. Those of the project each compiles."""
    from jinja2 import FileSystemBytecodeCache  # type: ignore[import-not-found]  # noqa: PLC0415

    class Compiled(FileSystemBytecodeCache):  # type: ignore[misc]
        def get_bucket(self, environment: object, name: str, filename: str | None, source: str) -> object:
            bucket = super().get_bucket(environment, name, filename, source)
            if filename is None or not filename.startswith(sys.prefix):
                bucket.reset()
            return bucket

    return Compiled()


def _noted(application: Application, note: str) -> Application:
    """Show a note at the end of each page."""
    from werkzeug.wrappers import Response  # type: ignore[import-not-found]  # noqa: PLC0415

    style = "position:fixed;bottom:0;left:0;right:0;padding:.5em 1em;background:#fd6;color:#000;z-index:99999"
    bar = f"<div id='datacats-note' style='{style}'>datacats: {html.escape(note)}</div></body>".encode()

    def with_note(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        response = Response.from_app(application, environ)
        if response.mimetype == "text/html" and environ["REQUEST_METHOD"] != "HEAD":
            response.set_data(response.get_data().replace(b"</body>", bar))
        found: Iterable[bytes] = response(environ, start)
        return found

    return with_note


def make_page(text: str, way: str) -> Made:
    """Make a page that says why CKAN does not start, and what mends it.

    Whoever asks for it reads the reason: the log has it once.
    """
    page = (
        "<!doctype html><meta charset=utf-8><title>CKAN does not start</title>"
        "<body style='font-family: sans-serif; margin: 2em'><h1>CKAN does not start</h1>"
        f"<p>{html.escape(way)}</p>"
        f"<pre style='white-space: pre-wrap'>{html.escape(text)}</pre>"
    ).encode()

    def application(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))]
        start("500 Internal Server Error", [*headers, ("Cache-Control", "no-store")])
        return [page]

    return Made(application, logs=False)
