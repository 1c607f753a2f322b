"""A webhook's receiver on this machine, with real TLS and a certificate of its own authority."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "hooks.example"


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


def certificate(folder: Path) -> Path:
    """A certificate for `NAME` that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "receiver.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class Receiver:
    """Answers as it is told and remembers what came.

    Attributes:
        answer: Called with the handler, which it lets answer.
        accepted: How many connections it took.
        asked_for: Server names of the handshakes.
    """

    def __init__(self, pem: Path) -> None:
        self.got: list[Got] = []
        self.asked_for: list[str | None] = []
        self.accepted = 0
        self.answer: Callable[[Any], None] = status(204)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        context.sni_callback = lambda _socket, name, _context: self.asked_for.append(name)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # hung up on
        self._context = context
        self._server.get_request = self._accept  # type: ignore[method-assign]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/hook") -> str:
        return f"https://{NAME}:{self.port}{path}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _accept(self) -> Any:
        raw, address = self._server.socket.accept()
        self.accepted += 1
        raw.settimeout(5)
        return self._context.wrap_socket(raw, server_side=True), address

    def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - two selfs
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Got(self.path, headers, body))
                receiver.answer(self)

            def log_message(self, *_: Any) -> None: ...

        return Handler


def status(code: int, **headers: str) -> Callable[[Any], None]:
    """An empty answer."""

    def answer(handler: Any) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", "0")
        handler.end_headers()

    return answer
