"""Makes an API token of the site's own user under a name, in place of an older one, and prints it."""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import os
import sys

from ckan.cli.cli import CtxObject  # type: ignore[import-not-found]
from ckan.plugins.toolkit import get_action  # type: ignore[import-not-found]


def main(name: str) -> None:
    """Print the new token alone on the last line."""
    application = CtxObject(os.environ["CKAN_INI"]).app
    with application._wsgi_app.test_request_context():  # noqa: SLF001 - as CKAN's own commands do
        user = get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        trusted = {"user": user, "ignore_auth": True}
        for token in get_action("api_token_list")(dict(trusted), {"user_id": user}):
            if token["name"] == name:
                get_action("api_token_revoke")(dict(trusted), {"jti": token["id"]})
        made = get_action("api_token_create")(dict(trusted), {"user": user, "name": name})
    sys.stdout.write(f"{made['token']}\n")


if __name__ == "__main__":
    main(sys.argv[1])
