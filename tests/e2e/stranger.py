"""Requests that name another host than the site has: what is answered must not lead there."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

from tests.e2e.ckan import Ckan, login_form
from tests.e2e.conftest import PASSWORD

_FOREIGN = "foreign.example"


@dataclass
class Stranger:
    """A client that reaches a site by a name that is not its own, and follows no redirect."""

    url: str
    cookie: str = ""

    def ask(self, path: str, form: bytes | None = None) -> str:
        """Return the headers and the text of an answer."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        headers = {"Host": _FOREIGN, "X-Forwarded-Host": _FOREIGN, "Cookie": self.cookie}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if form is None else "POST", path, form, headers)
        with connection.getresponse() as answer:
            self._remember(answer)
            return f"{answer.status}\n{answer.headers}\n{answer.read().decode()}"

    def _remember(self, answer: HTTPResponse) -> None:
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookie = cookie.partition(";")[0]


def assert_names_only(ckan: Ckan, site_url: str) -> None:
    """A page, a feed and the way back from the login name the site's URL, and never the host that was asked for."""
    stranger = Stranger(ckan.url)
    page, feed = stranger.ask("/dataset/"), stranger.ask("/feeds/dataset.atom")
    signed_in = stranger.ask("/user/login", login_form(stranger.ask("/user/login"), "admin", PASSWORD))
    assert signed_in.startswith("302")
    for answer in (page, feed, signed_in):
        assert _FOREIGN not in answer
        assert site_url in answer
