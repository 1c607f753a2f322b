"""The platform's keys, which wrap the data keys of secrets; they are not in the database."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from django.conf import settings


class UnknownKey(Exception):
    """None of the platform's keys has this id."""


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """One key, and the id by which rows name it."""

    id: str
    key: bytes


def platform_keys() -> list[PlatformKey]:
    """All that are set, the newest first: it seals, and all of them open."""
    keys = [base64.urlsafe_b64decode(text) for text in settings.CREDENTIAL_KEYS]
    return [PlatformKey(hashlib.sha256(key).hexdigest()[:16], key) for key in keys]


def newest_key() -> PlatformKey:
    return platform_keys()[0]


def key_of(key_id: str) -> PlatformKey:
    """The key by its id.

    Raises:
        UnknownKey: It is not set any more.
    """
    for one in platform_keys():
        if one.id == key_id:
            return one
    raise UnknownKey(key_id)
