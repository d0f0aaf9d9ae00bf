"""The catcher of mails, asked by the client that CKAN uses."""

from __future__ import annotations

import json
import smtplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.unit.recipes.image_file import IMAGES, load

PROGRAM = IMAGES / "web" / "catch_mail.py"


@pytest.fixture
def catcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, int]]:
    """The module, and the port on which it listens."""
    module = load("web/catch_mail.py")
    monkeypatch.setattr(module, "say", lambda _text: None)
    module.Receiver.store = module.Store(str(tmp_path))
    with module.Server(("127.0.0.1", 0), module.Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield module, server.server_address[1]
        server.shutdown()
        thread.join()


def send(port: int, subject: str = "Hello", text: str = "Dear Ada,\n.\n.. two dots\n") -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "CKAN <ckan@cats.example>", "Ada <ada@demo.example>"
    mail.set_content(text, cte="base64" if not text.isascii() else "7bit")
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail("ckan@cats.example", ["ada@demo.example", "hidden@demo.example"], mail.as_string())


def shown(directory: Path, *words: str) -> Any:
    done = subprocess.run([sys.executable, PROGRAM, directory, *words], capture_output=True, check=True)
    return json.loads(done.stdout)


def test_a_mail_is_kept_for_whom_it_was_sent_and_its_text_is_what_was_written(
    catcher: tuple[Any, int], tmp_path: Path
) -> None:
    send(catcher[1])
    (listed,) = shown(tmp_path, "list")
    assert (listed["number"], listed["subject"]) == (1, "Hello")
    assert listed["recipients"] == "ada@demo.example, hidden@demo.example"
    assert shown(tmp_path, "show", "1")["text"] == "Dear Ada,\n.\n.. two dots\n"


def test_letters_of_every_language_arrive(catcher: tuple[Any, int], tmp_path: Path) -> None:
    send(catcher[1], subject="Grüße", text="Žluťoučký kůň\n")
    found = shown(tmp_path, "show", "1")
    assert (found["subject"], found["text"]) == ("Grüße", "Žluťoučký kůň\n")


def test_mails_are_numbered_for_good_and_the_oldest_go(
    catcher: tuple[Any, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catcher[0], "KEPT", 2)
    for number in range(3):
        send(catcher[1], subject=f"mail {number}")
    assert [each["number"] for each in shown(tmp_path, "list")] == [2, 3]
    assert shown(tmp_path, "show", "1") is None


def test_a_mail_that_is_too_large_is_refused_and_the_next_is_not(
    catcher: tuple[Any, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catcher[0], "LARGEST", 1000)
    with pytest.raises(smtplib.SMTPDataError):
        send(catcher[1], text="x" * 2000)
    send(catcher[1])
    assert len(shown(tmp_path, "list")) == 1


def test_what_is_no_smtp_is_answered_and_harms_nobody(catcher: tuple[Any, int], tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", catcher[1], timeout=10) as client:
        assert client.docmd("VRFY", "root")[0] == 503
        assert client.docmd("DATA")[0] == 503
    assert shown(tmp_path, "list") == []
