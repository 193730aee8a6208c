"""A way to a real server on which the first answer to every request is lost.

What a server that dies after it has done its work looks like from outside: the client asks again,
and whatever it asked for is done twice.
"""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OWN = ("connection", "transfer-encoding", "content-length")  # of each part of the way


class Way(ThreadingHTTPServer):
    """Hands every request on, and answers only those that come again.

    Attributes:
        asked: How often each request came: method, path and body.
    """

    daemon_threads = True

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.host = server.removeprefix("http://")
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: Counter[tuple[str, str, bytes]] = Counter()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections end in the midst here; that is what it is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Way

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = (self.command, self.path, body)
        self.server.asked[request] += 1
        onward = HTTPConnection(self.server.host, timeout=60)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in OWN}
        onward.request(self.command, self.path, body, headers)
        answer = onward.getresponse()
        content = answer.read()
        onward.close()
        if self.server.asked[request] == 1 and self.command != "GET":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in OWN:
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # do_GET, do_POST, ...
            return self._hand_on
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def losing_answers(server: str) -> Iterator[Way]:
    """A way to a server that is there until the end of the block."""
    way = Way(server)
    threading.Thread(target=way.serve_forever, daemon=True).start()
    try:
        yield way
    finally:
        way.shutdown()
        way.server_close()
