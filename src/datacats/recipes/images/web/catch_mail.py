"""Catches the mails of a development site instead of sending them, and shows those that were caught.

``catch_mail.py DIRECTORY`` receives; with ``list`` or ``show NUMBER`` after it, it prints a JSON document.
"""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

PORT = 1025
KEPT = 500
LARGEST = 32 * 2**20
OK = b"250 OK\r\n"


class Store:
    """A directory of numbered mails; the oldest go when there are too many."""

    def __init__(self, directory: str) -> None:
        self.directory = Path(directory)
        self.lock = threading.Lock()

    def numbers(self) -> list[int]:
        """Return the numbers of the mails, oldest first."""
        return sorted(int(path.stem) for path in self.directory.glob("*.eml") if path.stem.isdigit())

    def path(self, number: int) -> Path:
        """Return where a mail is."""
        return self.directory / f"{number}.eml"

    def add(self, recipients: list[str], content: bytes) -> int:
        """Keep a mail, whole, and return its number."""
        with self.lock:
            there = self.numbers()
            number = there[-1] + 1 if there else 1
            part = self.directory / "arriving"
            part.write_bytes(f"X-Caught-For: {', '.join(recipients)}\r\n".encode() + content)
            part.replace(self.path(number))
            for old in there[: max(0, len(there) + 1 - KEPT)]:
                self.path(old).unlink(missing_ok=True)
        return number


class Receiver(StreamRequestHandler):
    """One conversation in SMTP, as much of it as programs use that send mails."""

    store: Store

    def handle(self) -> None:
        """Answer commands until the other side has said all."""
        with suppress(ConnectionError):
            self.say(b"220 datacats catches mails\r\n")
            self.recipients: list[str] = []
            while line := self.rfile.readline(4096):
                word = line[:4].upper()
                if word == b"QUIT":
                    self.say(b"221 Bye\r\n")
                    return
                self.answer(word, line)

    def answer(self, word: bytes, line: bytes) -> None:
        """Answer one command."""
        if word == b"EHLO":
            self.say(b"250-datacats\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
        elif word in {b"MAIL", b"RSET"}:
            self.recipients = []
            self.say(OK)
        elif word == b"RCPT":
            self.recipients.append(line.partition(b":")[2].strip().strip(b"<>").decode(errors="replace"))
            self.say(OK)
        elif word == b"DATA" and self.recipients:
            self.say(b"354 Go on\r\n")
            self.keep()
        elif word in {b"HELO", b"NOOP"}:
            self.say(OK)
        else:
            self.say(b"503 That is not expected here\r\n")

    def keep(self) -> None:
        """Read a mail up to its end mark, and keep it."""
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline()) not in {b".\r\n", b".\n", b""}:
            size += len(line)
            if size <= LARGEST:
                lines.append(line[1:] if line.startswith(b".") else line)
        if size > LARGEST:
            self.say(b"552 Too large\r\n")
            return
        number = self.store.add(self.recipients, b"".join(lines))
        self.say(OK)
        say(f"caught mail {number} for {', '.join(self.recipients)}")

    def say(self, answer: bytes) -> None:
        """Send an answer at once."""
        self.wfile.write(answer)
        self.wfile.flush()


class Server(ThreadingTCPServer):
    """Listens on the network of the container."""

    allow_reuse_address = True
    daemon_threads = True


def say(text: str) -> None:
    """Tell who reads the container's log."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def told(store: Store, number: int, *, whole: bool) -> dict[str, object]:
    """Return what a mail says; ``whole`` adds its text, plain where it has that."""
    from email import message_from_bytes  # noqa: PLC0415 - who only receives needs less memory without
    from email.policy import default  # noqa: PLC0415

    mail = message_from_bytes(store.path(number).read_bytes(), policy=default)
    found: dict[str, object] = {
        "number": number,
        "date": str(mail["Date"] or ""),
        "sender": str(mail["From"] or ""),
        "recipients": str(mail["X-Caught-For"] or ""),
        "subject": str(mail["Subject"] or ""),
    }
    if whole:
        body = mail.get_body(("plain", "html"))
        found["text"] = body.get_content().replace("\r\n", "\n") if body is not None else ""
        found["attachments"] = [part.get_filename() or "" for part in mail.iter_attachments()]
    return found


def main(directory: str, word: str = "", number: str = "0") -> int:
    """Receive for ever, or print what was caught."""
    store = Store(directory)
    if word == "list":
        found: object = [told(store, each, whole=False) for each in store.numbers()]
    elif word == "show":
        found = told(store, int(number), whole=True) if int(number) in store.numbers() else None
    else:
        Receiver.store = store
        with Server(("0.0.0.0", PORT), Receiver) as server:  # noqa: S104 - the network of the container
            server.serve_forever()
    sys.stdout.write(json.dumps(found))
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
