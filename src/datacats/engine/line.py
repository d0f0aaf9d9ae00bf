"""A connection to the engine that has become a stream both ways."""

from __future__ import annotations

import socket
import ssl

from datacats.engine.endpoint import Endpoint
from datacats.engine.mapping import unreachable
from datacats.engine.tls import farewell

_PIECE = 65536
_WOULD_WAIT = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Line:
    """The stream of a container's or a command's input and output; never waits.

    Sending and receiving raise BlockingIOError when they would wait, and EngineUnreachable when the engine is gone.
    """

    def __init__(self, link: socket.socket, received: bytes, endpoint: Endpoint) -> None:
        self._link = link
        self._received = received
        self._endpoint = endpoint
        self._farewell = b""

    def close(self) -> None:
        """Hang up."""
        self._link.close()

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        return self._link.fileno()

    def receive(self) -> bytes:
        """Return what has come; nothing (``b""``) means that it has ended."""
        if self._received:
            received, self._received = self._received, b""
            return received
        try:
            return self._link.recv(_PIECE)
        except _WOULD_WAIT as error:
            raise BlockingIOError from error
        except OSError as error:
            raise unreachable(error, self._endpoint) from error

    def send(self, data: bytes) -> int:
        """Send a part of this; return how much. A reader that has ended takes all and drops it."""
        try:
            return self._link.send(data)
        except _WOULD_WAIT as error:
            raise BlockingIOError from error
        except (BrokenPipeError, ConnectionResetError):
            return len(data)
        except OSError as error:
            raise unreachable(error, self._endpoint) from error

    def end_input(self) -> None:
        """Say that nothing more will be sent; what comes back goes on. To be said again after BlockingIOError."""
        try:
            if not isinstance(self._link, ssl.SSLSocket):
                self._link.shutdown(socket.SHUT_WR)
                return
            self._farewell = self._farewell or farewell(self._link)
            # The alert is encrypted already.
            socket.socket.send(self._link, self._farewell)
        except BlockingIOError:
            raise
        except OSError:
            # The engine has closed the stream already: the command has ended.
            return
