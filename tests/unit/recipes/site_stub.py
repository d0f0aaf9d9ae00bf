"""A stand-in for CKAN and what serves it, small enough to be made anew in milliseconds, under the real server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from email.message import Message
from pathlib import Path

from tests.unit.recipes.image_file import IMAGES

DEADLINE = 15.0

_FILES = {
    "ckan/__init__.py": "",
    "ckan/cli/__init__.py": """
import logging.config
def load_config(ini):
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": True})
    return {"ini": open(ini).read()}
""",
    "ckan/cli/cli.py": "import logging; logging.getLogger('early')",
    "ckan/common.py": "config = {}",
    "ckan/exceptions.py": "class CkanDeprecationWarning(DeprecationWarning): pass",
    "ckan/lib/__init__.py": "",
    "ckan/lib/i18n.py": "def build_js_translations(): pass",
    "ckan/config/__init__.py": "",
    "ckan/config/environment.py": "",
    "ckan/model.py": "",
    "ckan/config/middleware.py": """
class Templates: pass
class Flask: pass
def make_app(conf):
    import plugin
    def app(environ, start):
        body = ("<body>%s</body>" % plugin.page(environ["PATH_INFO"], conf["ini"])).encode()
        start("200 OK", [("Content-Type", "text/html")])
        return [body]
    made = Application()
    made.call = app
    made._wsgi_app.jinja_env.cache = plugin.templates
    return made
class Application:
    def __init__(self):
        self._wsgi_app = Flask()
        self._wsgi_app.jinja_env = Templates()
    def __call__(self, environ, start):
        return self.call(environ, start)
""",
    "flask.py": "class Flask: default_config = {}",
    "jinja2.py": "class FileSystemBytecodeCache: pass",
    "sqlalchemy/__init__.py": "",
    "sqlalchemy/engine.py": "class Engine: pass",
    "sqlalchemy/event.py": "heard = {}\ndef listen(_, name, hear): heard.setdefault(name, []).append(hear)",
    "werkzeug/__init__.py": "",
    "werkzeug/debug.py": "def DebuggedApplication(app, evalex): return app",
    "werkzeug/wrappers.py": """
class Response:
    mimetype = "text/html"
    def from_app(app, environ):
        made = Response()
        made.data = b"".join(app(environ, lambda *_: None))
        return made
    def get_data(self): return self.data
    def set_data(self, data): self.data = data
    def __call__(self, environ, start):
        start("200 OK", [("Content-Type", "text/html")])
        return [self.data]
""",
    "werkzeug/serving.py": """
import socket, socketserver, wsgiref.simple_server
class WSGIRequestHandler(wsgiref.simple_server.WSGIRequestHandler):
    def log_request(self, *_): print("asked for", self.path, flush=True)
class ThreadedWSGIServer(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    def __init__(self, host, port, app, handler, fd):
        super().__init__((host, port), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.fromfd(fd, socket.AF_INET, socket.SOCK_STREAM)
        self.server_name, self.server_port = host, port
        self.setup_environ()
        self.set_app(app)
""",
}

PLUGIN = """
templates = {}
def page(path, ini):
    return "first"
"""


class Site:
    """A project, an ini, and the development server over them."""

    def __init__(self, home: Path) -> None:
        self.project = home / "project"
        self.installed = home / "installed"
        self.ini = home / "run" / "ckan.ini"
        self.log = home / "log"
        self.ini.parent.mkdir()
        self.project.mkdir()
        self.ini.write_text("")
        for name, text in _FILES.items():
            path = self.installed / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.plugin = self.project / "plugin.py"
        self.plugin.write_text(PLUGIN)
        self.port = free_port()
        self.variables: dict[str, str] = {}
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start the server; return its process."""
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{self.project}:{self.installed}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "CKAN_INI": str(self.ini),
            "DATACATS_PROJECT": str(self.project),
            "DATACATS_PORT": str(self.port),
            **self.variables,
        }
        with self.log.open("ab") as log:
            command = [sys.executable, str(IMAGES / "web" / "develop.py"), *words]
            process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        self.processes.append(process)
        wait_until(self.listens)
        return process

    def says(self, **words: str) -> None:
        """Have the plugin say something else."""
        self.plugin.write_text(PLUGIN.replace("first", words["word"]))

    def listens(self) -> bool:
        """Whether somebody holds the port."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def get(self, path: str = "/") -> tuple[int, str]:
        """Return the status and text of a page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=DEADLINE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def headers(self, path: str) -> Message:
        """Return the headers of a page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=DEADLINE) as answer:
            found: Message = answer.headers
            return found

    def in_background(self, path: str) -> list[tuple[int, str]]:
        """Ask for a page on a thread, and return where its answer will be."""
        answers: list[tuple[int, str]] = []
        threading.Thread(target=lambda: answers.append(self.get(path)), daemon=True).start()
        return answers

    def said(self) -> str:
        """Return the log."""
        return self.log.read_text()

    def children(self) -> list[int]:
        """Return the processes that the server has forked and not collected."""
        main = self.processes[-1].pid
        found = Path(f"/proc/{main}/task/{main}/children").read_text()
        return [int(pid) for pid in found.split()]

    def end(self) -> None:
        """Leave nothing behind."""
        for process in self.processes:
            process.kill()
            process.wait()


def wait_until(condition: object) -> None:
    """Wait until a callable returns something true."""
    assert callable(condition)
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"{condition} never came true"
        time.sleep(0.01)


def free_port() -> int:
    """Return a port that nobody holds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
