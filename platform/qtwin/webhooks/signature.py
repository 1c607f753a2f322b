"""Signatures as Standard Webhooks has them: HMAC-SHA256 of id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A random secret, in the form in which people keep it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(secret: str, *, message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Who sent what and when, for whoever has the secret too."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    text = b".".join((message.encode(), str(timestamp).encode(), body))
    digest = hmac.new(key, text, hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
