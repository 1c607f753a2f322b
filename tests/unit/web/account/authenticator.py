"""An authenticator in software: makes key pairs, and signs what a page asks for."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG


@dataclass
class Authenticator:
    """One passkey on one device.

    Attributes:
        counts: Whether it says how often it was used.
        verified: Whether it asks for a finger or a PIN.
    """

    origin: str = "http://testserver"
    host: str = "testserver"
    counts: bool = True
    verified: bool = True
    uses: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> str:
        kind: Any = ES256
        public = kind.from_cryptography_key(self.key.public_key())
        data = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        attested = AuthenticatorData.create(
            self._host_hash, self._flags | FLAG.AT, self._counter(), data
        )
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(attested)})
        client = self._client("webauthn.create", options)
        return self._answer(clientDataJSON=client, attestationObject=statement)

    def use(self, options: dict[str, Any]) -> str:
        data = bytes(AuthenticatorData.create(self._host_hash, self._flags, self._counter()))
        client = self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    @property
    def _host_hash(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    @property
    def _flags(self) -> AuthenticatorData.FLAG:
        return FLAG.UP | FLAG.UV if self.verified else FLAG.UP

    def _counter(self) -> int:
        self.uses += 1
        return self.uses if self.counts else 0

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        assert len(websafe_decode(options["challenge"])) >= 16
        words = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(words).encode()

    def _answer(self, **response: bytes) -> str:
        name = websafe_encode(self.id)
        body = {part: websafe_encode(value) for part, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": body})
