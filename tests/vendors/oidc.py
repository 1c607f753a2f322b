"""An OpenID Connect provider on this machine: real HTTP, signed ID tokens, faults to switch on."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

CLIENT, SECRET = "qtwin at home", "a secret: of ours & theirs"


@dataclass
class Provider:
    """One person is signed in there, and agrees to everything.

    Attributes:
        claims: Of the person; more than these are put in, and may be overridden here.
        wrong: Members of the answer to the browser, of the metadata and of the token's header that
            are other than they should be.
        ways: How a client may show its secret.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, Any] = field(default_factory=dict)
    ways: tuple[str, ...] = ("client_secret_basic",)
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    kid: str = "1"
    published: ec.EllipticCurvePrivateKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Provider:
        handler = type("Handler", (_Handler,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def metadata(self) -> dict[str, Any]:
        paths = {"authorization": "authorize", "token": "token"}
        return {
            "issuer": self.issuer,
            **{f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in paths.items()},
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": list(self.ways),
            **self.wrong.get("metadata", {}),
        }

    def keys(self) -> dict[str, Any]:
        public = (self.published or self.key).public_key()
        shown = jwt.algorithms.ECAlgorithm.to_jwk(public, as_dict=True)
        return {"keys": [{**shown, "kid": self.kid, "use": "sig"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        code = secrets.token_hex(8)
        self.codes[code] = query
        back = {"code": code, "state": query["state"], **self.wrong.get("back", {})}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], header: str) -> dict[str, Any] | None:
        asked = self.codes.pop(form["code"], None)
        if asked is None or not self._is_client(form, header):
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (challenge, form["redirect_uri"]) != (asked["code_challenge"], asked["redirect_uri"]):
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **self.claims,
        }
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        algorithm = self.wrong.get("alg", "ES256")
        key: Any = {"none": None, "HS256": b"k" * 32}.get(algorithm, self.key)
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": self.kid})

    def _is_client(self, form: dict[str, str], header: str) -> bool:
        if "client_secret_basic" not in self.ways:
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        return (unquote(name), unquote(secret)) == (CLIENT, SECRET)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.provider.asked.append(parts.path)
        if parts.path == "/authorize":
            self.send_response(302)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_header("Location", self.provider.authorize(query))
            self.end_headers()
            return
        documents = {
            "/.well-known/openid-configuration": self.provider.metadata,
            "/keys": self.provider.keys,
        }
        self._answer(documents[parts.path]())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(self.provider.token(form, self.headers.get("Authorization", "")))

    def _answer(self, document: dict[str, Any] | None) -> None:
        body = json.dumps(document or {"error": "invalid_grant"}).encode()
        self.send_response(200 if document else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
