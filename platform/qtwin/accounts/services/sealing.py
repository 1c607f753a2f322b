"""Secrets in and out of the envelopes of their rows (AES-256-GCM)."""

from __future__ import annotations

from qtwin.accounts.keys import UnknownKey, key_of, newest_key
from qtwin.accounts.models.sealed import SealedModel


class Locked(Exception):
    """The secret cannot be opened: another key, or it was moved from where it is bound to."""


def secret_seal(row: SealedModel, secret: str) -> None:
    """Put a secret into a row that is not saved yet, under the newest key."""
    from qtwin.accounts import envelope  # heavy, and most processes never see a secret

    data_key, platform = envelope.new_key(), newest_key()
    row.key_id = platform.id
    row.wrapped_key = envelope.seal(platform.key, data_key, row.bound)
    row.ciphertext = envelope.seal(data_key, secret.encode(), row.bound)


def secret_open(row: SealedModel) -> str:
    """The secret itself.

    Raises:
        Locked: It cannot be opened.
    """
    from qtwin.accounts import envelope

    try:
        data_key = envelope.unseal(key_of(row.key_id).key, bytes(row.wrapped_key), row.bound)
        return envelope.unseal(data_key, bytes(row.ciphertext), row.bound).decode()
    except (UnknownKey, envelope.NotOpened) as error:
        raise Locked("it was made under another key or team") from error


def secret_rewrap(row: SealedModel) -> None:
    """Wrap the row's data key, not yet saved, under the newest key; the secret stays shut.

    Raises:
        Locked: It cannot be opened.
    """
    from qtwin.accounts import envelope

    try:
        data_key = envelope.unseal(key_of(row.key_id).key, bytes(row.wrapped_key), row.bound)
    except (UnknownKey, envelope.NotOpened) as error:
        raise Locked("it was made under another key or team") from error
    platform = newest_key()
    row.key_id, row.wrapped_key = platform.id, envelope.seal(platform.key, data_key, row.bound)
