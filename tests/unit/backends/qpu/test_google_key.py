"""A key is exchanged for an access token by Google's own library, at a server of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from backends.errors import BackendError, BackendUnavailable, CredentialRefused
from backends.qpu import google_credential, google_engine
from tests.unit.backends.qpu.google_case import KEY, PROJECT

PAIR = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PAIR.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
).decode()


class Desk(HTTPServer):
    """Answers each exchange alike, and keeps what was signed."""

    status = 200
    body: Mapping[str, Any] = MappingProxyType({"access_token": "a-token", "expires_in": 3600})

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.assertions: list[str] = []


class Exchange(BaseHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.assertions += parse_qs(sent)["assertion"]
        data = json.dumps(dict(self.server.body)).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with Desk() as server:
        address = f"http://127.0.0.1:{server.server_port}/token"
        monkeypatch.setattr(google_credential, "TOKEN_URI", address)
        monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda _: None)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def service_args(private_key: str = PEM) -> dict[str, Any]:
    account = {**KEY, "private_key": private_key, "token_uri": google_credential.TOKEN_URI}
    secret = json.dumps({"project_id": PROJECT, "service_account": account})
    return google_engine.service_args(google_credential.Credential.parse(secret))


def test_a_key_signs_for_the_scope_that_is_needed_and_gets_a_token(desk: Desk) -> None:
    assert service_args()["credentials"].token == "a-token"
    (assertion,) = desk.assertions
    audience = "https://oauth2.googleapis.com/token"
    signed = jwt.decode(assertion, PAIR.public_key(), algorithms=["RS256"], audience=audience)
    assert (signed["iss"], signed["scope"]) == (KEY["client_email"], google_engine.SCOPE)


@pytest.mark.parametrize(
    ("status", "said", "meaning"),
    [
        (400, {"error": "invalid_grant", "error_description": "no such key"}, CredentialRefused),
        (401, {"error": "invalid_client"}, CredentialRefused),
        (503, {}, BackendUnavailable),
        (500, {"error": "internal_failure"}, BackendUnavailable),
    ],
)
def test_a_refused_key_and_a_desk_that_is_closed_are_told_apart(
    status: int, said: dict[str, str], meaning: type[BackendError], desk: Desk
) -> None:
    desk.status, desk.body = status, said
    with pytest.raises(meaning) as raised:
        service_args()
    assert type(raised.value) is meaning
    assert "BEGIN" not in str(raised.value)


def test_where_nobody_answers_the_key_is_not_refused(desk: Desk) -> None:
    desk.shutdown()
    desk.server_close()
    with pytest.raises(BackendUnavailable, match="cannot be reached"):
        service_args()


def test_a_key_that_is_cut_off_is_refused_and_asks_nobody(desk: Desk) -> None:
    with pytest.raises(CredentialRefused):
        service_args(PEM[: len(PEM) // 2])
    assert not desk.assertions
