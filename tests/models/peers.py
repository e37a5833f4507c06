"""A server that answers the n-th request with given bytes."""

import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Self


class Peer:
    """Answers request n (from 1) with `answer(n)`, as bytes; no bytes close the connection.

    After each answer it goes on with the pieces of `trickle`, one every 20 ms until the client goes away.
    """

    def __init__(self, answer: Callable[[int], bytes], trickle: Iterable[bytes] = ()) -> None:
        self.requests = 0
        self.connections = 0
        self.last = b""
        self._answer = answer
        self._trickle = trickle
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            while received := self._receive(connection):
                self.last, self.requests = received, self.requests + 1
                connection.sendall(self._answer(self.requests))
                for piece in self._trickle:
                    time.sleep(0.02)
                    connection.sendall(piece)
        except OSError:
            return

    def _receive(self, connection: socket.socket) -> bytes:
        """Return one request; its body ends with the brace that closes its object."""
        received = b""
        while b"\r\n\r\n" not in received or not received.endswith(b"}"):
            piece = connection.recv(65_536)
            if not piece:
                return b""
            received += piece
        return received
