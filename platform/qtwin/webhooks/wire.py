"""One POST over TLS to exactly one address: no redirects, no proxies, bounded in time and size."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPSConnection

from qtwin.webhooks.lookup import NotFound, address_of
from qtwin.webhooks.target import read_target

STEP_S = 5.0
"""Longest wait for any piece."""
WHOLE_S = 10.0
MOST_BYTES = 64 * 1024
"""So much of an answer is read, and nothing of it is kept."""


class NoAnswer(Exception):
    """Nobody answered, or not as HTTP has it."""


class _Pinned(HTTPSConnection):
    """Connects to an address that was looked up before; the certificate must be the host's."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=STEP_S, context=self._tls)
        self._address = address

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), STEP_S)
        try:
            self.sock = self._tls.wrap_socket(
                raw, server_hostname=self.host, do_handshake_on_connect=False
            )
        except Exception:
            raw.close()
            raise
        self.sock.do_handshake()

    def cut(self) -> None:
        """End what another thread waits for."""
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def post(url: str, *, headers: Mapping[str, str], body: bytes) -> int:
    """The status of the answer.

    Raises:
        BadTarget: The address is not allowed; nothing was connected to.
        NoAnswer: Whatever else went wrong, in words that hold nothing of what was sent.
    """
    target = read_target(url)
    try:
        address = address_of(target)
    except NotFound as error:
        raise NoAnswer(str(error)) from error
    connection = _Pinned(target.host, target.port, address)
    try:
        with _deadline(connection):
            connection.request("POST", target.path, body, dict(headers))
            answer = connection.getresponse()
            answer.read(MOST_BYTES)
            return answer.status
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(_words(error)) from error
    finally:
        connection.close()


@contextmanager
def _deadline(connection: _Pinned) -> Iterator[None]:
    """Hang up on whoever sends one byte now and then."""
    clock = threading.Timer(WHOLE_S, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return f"no answer in {STEP_S:g} s"
    return f"no answer: {type(error).__name__}"
