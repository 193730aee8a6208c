"""A server whose certificate its users made themselves is trusted as MLflow's client is told."""

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kepler_keras.errors import InputError
from kepler_keras.tracking.store import require_answer


def certificate(path: Path) -> None:
    """A certificate of 127.0.0.1 that nobody vouches for, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a server")])
    place = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(place, critical=False)
        .sign(key, hashes.SHA256())
    )
    unlocked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(unlocked + made.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    certificate(tmp_path / "own.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # answers 501
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who does not trust it
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_only_who_is_told_so_trusts_it(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"does not answer: .*CERTIFICATE_VERIFY_FAILED"):
        require_answer(address)
    with monkeypatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", str(tmp_path / "own.pem"))
        require_answer(address)
    monkeypatch.setenv("MLFLOW_TRACKING_INSECURE_TLS", "true")
    require_answer(address)
