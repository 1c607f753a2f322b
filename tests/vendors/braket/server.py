"""The control plane and S3 on one port of this machine, with faults that can be switched on."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from tests.vendors.braket import answers, devices
from tests.vendors.braket.books import Books
from tests.vendors.braket.keys import KEY
from tests.vendors.gate import Gate

SCOPE = re.compile(r"Credential=([^/]+)/\d+/([a-z0-9-]+)/(\w+)/aws4_request")


class BraketVendor:
    """A vendor that listens while it is entered.

    Attributes:
        fate: What becomes of posts of tasks: ``ok``, ``drop_before``, ``drop_after``,
            ``error_after``, or a key of `answers.REFUSALS`.
        ending: How tasks end.
        at_once: Whether they end when they are made.
        word: Status of every task instead of its own, if there is one.
        forgets: Whether it knows its tasks no more.
        broken_reads: Whether requests that make nothing are answered with 502.
        keys: Access keys that open the account, with their session token or None.
        lag_s: How long a new task is missing from lists.
        changed: What S3 gives instead of the bytes that it has; None where the object is gone.
        once_only: Whether an object is gone once it was read.
        read: Keys of the objects that were read.
        scattered: Whether a program set's result is in several objects.
        limits: Spending limits, as SearchSpendingLimits gives them.
        gate: What answers pass.
    """

    def __init__(self) -> None:
        self.books = Books()
        self.devices = devices.every()
        self.status: dict[str, str] = {}
        self.fate, self.ending, self.word = "ok", "COMPLETED", ""
        self.at_once = self.forgets = self.broken_reads = self.scattered = False
        self.once_only = False
        self.read: set[str] = set()
        self.keys: dict[str, str | None] = {KEY: None}
        self.lag_s = 0.0
        self.changed: Callable[[bytes], bytes | None] = lambda data: data
        self.limits: list[dict[str, Any]] = []
        self.routes: list[str] = []
        self.gate = Gate()
        self._listens = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self._server.daemon_threads = True
        self._server.vendor = self  # type: ignore[attr-defined]  # for its requests

    def __enter__(self) -> Self:
        self._listens = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Listen no more."""
        if self._listens:
            self._listens = False
            self._server.shutdown()
            self._server.server_close()

    def end(self) -> None:
        """End every task that waits."""
        self.books.end(self.ending, reason="the laser tripped" if self.ending == "FAILED" else "")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def environment(self) -> dict[str, str]:
        """What points the real SDK here."""
        return {"BRAKET_ENDPOINT": self.address, "AWS_ENDPOINT_URL_S3": self.address}


class Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    @property
    def vendor(self) -> BraketVendor:
        return self.server.vendor  # type: ignore[attr-defined,no-any-return]  # see above

    def log_message(self, *_: Any) -> None:
        """Say nothing: the books are the log."""

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        vendor = self.vendor
        vendor.routes.append(f"{self.command} {path}")
        region, refusal = self._opened()
        if refusal is not None:
            return self._say(*refusal)
        if self.command == "POST" and path == "/quantum-task":
            return self._create(json.loads(body), region)
        if vendor.broken_reads:
            return self._say(*answers.refusal("BadGateway", 502, "bad gateway"))
        return self._say(*answers.read(vendor, self.command, path, body, region))

    def _opened(self) -> tuple[str, answers.Answer | None]:
        """Region of the request, and why it is refused."""
        signed = SCOPE.search(self.headers.get("Authorization", ""))
        if signed is None:
            return "", answers.refusal("MissingAuthenticationToken", 403, "no signature")
        key, region, _ = signed.groups()
        if key not in self.vendor.keys:
            return region, answers.refusal("UnrecognizedClientException", 403, "bad key")
        if self.vendor.keys[key] != self.headers.get("X-Amz-Security-Token"):
            return region, answers.refusal("ExpiredTokenException", 403, "the token expired")
        return region, None

    def _create(self, request: dict[str, Any], region: str) -> None:
        vendor, token = self.vendor, request["clientToken"]
        fate = vendor.fate
        if fate == "drop_before":
            vendor.books.posts.append(answers.Post(token, fate, None))
            return self._drop()
        if fate in answers.REFUSALS:
            vendor.books.posts.append(answers.Post(token, fate, None))
            return self._say(*answers.refusal(*answers.REFUSALS[fate]))
        said, arn = answers.create(vendor, request, region)
        vendor.books.posts.append(answers.Post(token, fate, arn))
        if vendor.at_once:
            vendor.end()
        if fate == "drop_after":
            return self._drop()
        if fate == "error_after":
            return self._say(*answers.refusal("InternalServiceException", 500, "went wrong"))
        return self._say(*said)

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.vendor.gate.leave(f"{self.command} {unquote(urlsplit(self.path).path)}")
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # whoever asked has gone
            self.close_connection = True

    def _drop(self) -> None:
        """Reset the connection: the other side sees it break, and no answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
