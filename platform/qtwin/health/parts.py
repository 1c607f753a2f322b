"""What the platform needs, and what is wrong with each part of it now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection

from qtwin.health.migrated import unapplied
from qtwin.projects.storage import store
from qtwin.rates.shared import address_of

BROKER_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that may be away.

    Attributes:
        problem: Says what is wrong, in words for everybody; empty for nothing.
        needed: Whether nothing works without it. Without the broker only new work waits.
    """

    name: str
    problem: Callable[[], str]
    needed: bool


def database() -> str:
    """It answers, and has every migration that this release brings."""
    try:
        missing = unapplied(connection)
    except DatabaseError as error:
        return f"does not answer: {type(error).__name__}"
    if missing:
        app, name = missing[0]
        return f"not migrated: {len(missing)} missing, the first {app}.{name}"
    return ""


def broker() -> str:
    """It answers. It carries only hints, so without it jobs are taken and wait."""
    address = address_of(str(settings.BROKER_URL))
    if not address:
        return ""
    from redis import Redis, RedisError
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    try:
        with Redis.from_url(
            address,
            socket_timeout=BROKER_S,
            socket_connect_timeout=BROKER_S,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            client.ping()
    except (RedisError, OSError) as error:
        return f"does not answer: {type(error).__name__}"
    return ""


def artifacts() -> str:
    """Bytes can be stored."""
    try:
        store().try_write()
    except OSError as error:
        return f"cannot be written to: {type(error).__name__}"
    return ""


PARTS = (
    Part(name="database", problem=database, needed=True),
    Part(name="artifacts", problem=artifacts, needed=True),
    Part(name="broker", problem=broker, needed=False),
)
