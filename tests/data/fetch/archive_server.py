"""A server on this machine that misbehaves as told."""

import hashlib
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Fault:
    """How one request is answered; without a fault as a good server does.

    `stop` ends the connection after so many bytes of the body; `claim` is added to the true
    Content-Length; `chunked` and `unknown` send a body without one.
    """

    status: int = 200
    retry_after: str | None = None
    stop: int | None = None
    claim: int = 0
    ignore_range: bool = False
    shift: int = 0
    body: bytes | None = None
    etag: bool = True
    chunked: bool = False
    unknown: bool = False
    location: str | None = None
    stall: bool = False


@dataclass
class Server:
    """What it serves (by path and query), what it will do wrong, and what it was asked."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def ranges(self) -> list[str | None]:
        return [headers.get("Range") for _, headers in self.asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    archive: Server

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.archive.asked.append((self.path, dict(self.headers)))
        fault = self.archive.faults.popleft() if self.archive.faults else Fault()
        body = fault.body if fault.body is not None else self.archive.files.get(self.path)
        if fault.location:
            self.answer(302, b"", {"Location": fault.location})
        elif fault.status != 200 or body is None:
            waiting = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            self.answer(fault.status if fault.status != 200 else 404, b"sorry", waiting)
        else:
            self.serve(body, fault)

    def serve(self, body: bytes, fault: Fault) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"ETag": etag} if fault.etag else {}
        asked, first = self.headers.get("Range"), 0
        if asked and not fault.ignore_range and self.headers.get("If-Range") == etag:
            first = int(asked.removeprefix("bytes=").rstrip("-")) + fault.shift
            if first >= len(body):
                self.answer(416, b"", {"Content-Range": f"bytes */{len(body)}"})
                return
            headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        self.answer(206 if first else 200, body[first:], headers, fault)

    def answer(self, status: int, body: bytes, headers: dict[str, str], fault=None) -> None:
        fault = fault or Fault()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if fault.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            body = b"%x\r\n%s\r\n" % (len(body), body) + b"0\r\n\r\n"
        elif not fault.unknown:
            self.send_header("Content-Length", str(len(body) + fault.claim))
        self.end_headers()
        end = fault.stop if fault.stop is not None else len(body) + min(fault.claim, 0)
        self.wfile.write(body[:end])
        self.wfile.flush()
        if fault.stall:
            self.archive.over.wait(20)
        self.close_connection = fault.stop is not None or fault.claim != 0 or fault.unknown


class QuietServer(ThreadingHTTPServer):
    """A client that hangs up is no fault of the server's, and none that a test may print."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
