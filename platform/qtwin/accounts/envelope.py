"""AES-256-GCM envelopes. Imported when a secret is in hand, since it is heavy."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class NotOpened(Exception):
    """Another key, another binding, or bytes that were changed."""


def new_key() -> bytes:
    """A random key."""
    return AESGCM.generate_key(bit_length=256)


def seal(key: bytes, text: bytes, bound: bytes) -> bytes:
    """Encrypt; whoever opens it must know what it is bound to."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, bound)


def unseal(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Decrypt.

    Raises:
        NotOpened: It cannot be.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except InvalidTag as error:
        raise NotOpened from error
