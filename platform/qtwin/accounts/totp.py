"""Time-based one-time codes: six digits, every thirty seconds, by HMAC-SHA-1 (RFC 6238)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

DIGITS, PERIOD_S = 6, 30
DRIFT = 1
"""Steps that a clock may be early or late."""


def new_secret() -> str:
    """160 random bits, as apps take them typed."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(moment_s: float) -> int:
    """The number of the period that a Unix time is in."""
    return int(moment_s) // PERIOD_S


def code_at(secret: str, step: int) -> str:
    """The code of one period."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, moment_s: float) -> int | None:
    """The period of which it is the code, of those around a time; None if of none."""
    now = step_of(moment_s)
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def address_of(secret: str, *, person: str, issuer: str) -> str:
    """What a QR code tells an app."""
    label = quote(f"{issuer}:{person}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
