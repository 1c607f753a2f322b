"""Addresses of the database and of the broker."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

SQLITE_INIT = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA journal_size_limit=27103364;"
    "PRAGMA foreign_keys=ON;PRAGMA cache_size=-4000;PRAGMA wal_autocheckpoint=4000"
)
"""The log is copied into the file every 16 MB, which takes a commit longer, and less often."""
BROKERS = ("redis", "rediss", "redis+socket")


def database(address: str) -> dict[str, Any]:
    """Django's settings for ``postgresql://…`` or the path of an SQLite file.

    Raises:
        ValueError: It is neither; the sentence holds no password.
    """
    if "://" not in address:
        return {
            "ENGINE": "qtwin.sqlite",
            "NAME": address,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": SQLITE_INIT,
            },
        }
    parts = _parts(address, ("postgresql", "postgres"), "postgresql, or a file path")
    query: dict[str, Any] = dict(parse_qsl(parts.query))
    if "prepare_threshold" in query:
        query["prepare_threshold"] = _threshold(query["prepare_threshold"])
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "OPTIONS": query,
    }


def broker(address: str, password: str = "") -> str:
    """The address of a broker, for Celery.

    Args:
        password: Put into the address, unless empty.

    Raises:
        ValueError: It is no address of Redis or Valkey; the sentence holds no password.
    """
    parts = _parts(address, BROKERS, ", ".join(BROKERS))
    if not password:
        return address
    if parts.password:
        raise ValueError("a password is in the address and in a file; allowed: one of them")
    place = parts.netloc.rpartition("@")[2]
    user = quote(unquote(parts.username or ""), safe="")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}").geturl()


def _threshold(text: str) -> int | None:
    """After how many times a worker's connection prepares a statement."""
    if text == "none":
        return None
    if not text.isdecimal():
        raise ValueError(f"prepare_threshold {text!r}; allowed: a number from 0, or none")
    return int(text)


def _parts(address: str, schemes: tuple[str, ...], allowed: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise ValueError("the address has no valid port or host") from None
    if parts.scheme not in schemes:
        raise ValueError(f"scheme {parts.scheme!r}; allowed: {allowed}")
    return parts
