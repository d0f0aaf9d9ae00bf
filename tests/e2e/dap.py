"""A client of the Debug Adapter Protocol, as an editor is one."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

DEADLINE = 60


class Debugger:
    """Attached to a debugger's port; ``source`` is where the host has what the container sees at /project."""

    def __init__(self, port: int, source: Path) -> None:
        self.source = source
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self.stream = self.connection.makefile("rb")
        self.number = 0
        self.held: list[dict[str, Any]] = []
        self.ask("initialize", adapterID="tests", linesStartAt1=True, pathFormat="path")
        places = [{"localRoot": str(source), "remoteRoot": "/project"}]
        self.attach = self.send("attach", justMyCode=False, pathMappings=places)
        self.until(event="initialized")

    def break_at(self, path: Path, line: int) -> bool:
        """Set the one breakpoint of a file and carry on; return whether the debugger can break there."""
        answer = self.ask("setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": line}])
        self.ask("configurationDone")
        self.until(request_seq=self.attach)
        return bool(answer["body"]["breakpoints"][0]["verified"])

    def wait_until_stopped(self) -> int:
        """Wait until a thread is held at a breakpoint, and return its id."""
        thread: int = self.until(event="stopped")["body"]["threadId"]
        return thread

    def evaluate(self, thread: int, expression: str) -> str:
        """Return what an expression is worth where a thread is held."""
        frames = self.ask("stackTrace", threadId=thread)["body"]["stackFrames"]
        answer = self.ask("evaluate", expression=expression, frameId=frames[0]["id"], context="repl")
        return str(answer["body"]["result"])

    def carry_on(self, thread: int) -> None:
        """Let a held thread run."""
        self.ask("continue", threadId=thread)

    def close(self) -> None:
        """Leave: what is debugged goes on."""
        self.ask("disconnect", terminateDebuggee=False)
        self.stream.close()
        self.connection.close()

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and return its answer."""
        answer = self.until(request_seq=self.send(command, **arguments))
        assert answer["success"], answer
        return answer

    def send(self, command: str, **arguments: Any) -> int:
        """Send a request and return its number."""
        self.number += 1
        message = {"seq": self.number, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        self.connection.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return self.number

    def until(self, **wanted: Any) -> dict[str, Any]:
        """Return the first message, already there or to come, that has these fields."""
        for message in self.held:
            if wanted.items() <= message.items():
                self.held.remove(message)
                return message
        while True:
            message = self._read()
            if wanted.items() <= message.items():
                return message
            self.held.append(message)

    def _read(self) -> dict[str, Any]:
        length = 0
        while line := self.stream.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self.stream.read(length))
        return message
