"""The server of these tests, and a guard against every other one."""

import socket
import threading
from collections.abc import Iterator

import pytest
from archive_server import Handler, QuietServer, Server

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture
def server() -> Iterator[Server]:
    archive = Server()
    handler = type("OwnHandler", (Handler,), {"archive": archive})
    http = QuietServer(("127.0.0.1", 0), handler)
    archive.address = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield archive
    archive.over.set()
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch):
    """No test of this folder can reach another machine, whatever it asks for."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def checked(host):
        if host not in LOOPBACK:
            pytest.fail(f"a test asked for {host}")

    def guarded_connect(self, address):
        checked(address[0])
        return connect(self, address)

    def guarded_resolve(host, *args, **kwargs):
        checked(host)
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """Seconds that would have been waited."""
    seconds: list[float] = []
    monkeypatch.setattr("kepler_keras.data.fetch.connection.time.sleep", seconds.append)
    return seconds
