"""A CKAN site as its users reach it: pages, the action API, a signed-in session."""

from __future__ import annotations

import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Ckan:
    """One site. ``token`` authorises API calls; the cookies are those of a signed-in browser."""

    url: str
    token: str = ""
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return the status and text of a page."""
        return self._send(urllib.request.Request(self.url.rstrip("/") + path, headers=headers))

    def action(self, name: str, /, **data: Any) -> Any:
        """Call an action and return its result; a refusal is an AssertionError with CKAN's words."""
        status, text = self.ask(name, **data)
        assert status == 200, f"{name}: {status} {text[:500]}"
        return json.loads(text)["result"]

    def ask(self, name: str, /, **data: Any) -> tuple[int, str]:
        """Call an action and return the status and text."""
        headers = {"Content-Type": "application/json", "Authorization": self.token}
        return self._send(urllib.request.Request(self._action(name), json.dumps(data).encode(), headers))

    def until(self, is_so: Callable[[], bool], seconds: float = 90) -> None:
        """Return as soon as something is so on the site; each look is a request, so the site sets the pace."""
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, f"not so within {seconds:.0f} s"

    def upload(self, package: str, name: str, content: bytes) -> dict[str, Any]:
        """Upload a file as a resource of a dataset."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in (("package_id", package), ("name", name), ("format", "CSV"))
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="upload"; filename="{name}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Authorization": self.token}
        status, text = self._send(urllib.request.Request(self._action("resource_create"), body, headers))
        assert status == 200, text[:500]
        created: dict[str, Any] = json.loads(text)["result"]
        return created

    def sign_in(self, name: str, password: str) -> bool:
        """Sign in by the form, as a browser does; return whether that opened what only users see."""
        _, page = self.get("/user/login")
        data = login_form(page, name, password)
        self._send(urllib.request.Request(f"{self.url.rstrip('/')}/user/login", data))
        status, _ = self.get("/api/3/action/dashboard_activity_list")
        return status == 200

    def take_token(self, name: str, password: str) -> None:
        """Sign in, have an API token made, and use it from then on."""
        assert self.sign_in(name, password), f"{name} cannot sign in"
        headers = {"Content-Type": "application/json", "X-CSRFToken": _csrf_token(self.get("/about")[1])}
        wanted = json.dumps({"user": name, "name": "tests"}).encode()
        status, text = self._send(urllib.request.Request(self._action("api_token_create"), wanted, headers))
        assert status == 200, text[:500]
        self.token = json.loads(text)["result"]["token"]
        self.cookies.clear()

    def _action(self, name: str) -> str:
        return f"{self.url.rstrip('/')}/api/3/action/{name}"

    def _send(self, request: urllib.request.Request) -> tuple[int, str]:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")


def login_form(page: str, name: str, password: str) -> bytes:
    """What a browser sends from the login page."""
    form = {"login": name, "password": password, "_csrf_token": _csrf_token(page)}
    return urllib.parse.urlencode(form).encode()


def _csrf_token(page: str) -> str:
    token = re.search(r'name="_csrf_token"[^>]*value="([^"]+)"|<meta name="_csrf_token" content="([^"]+)"', page)
    assert token, page[:500]
    return token[1] or token[2]
