"""The address of a webhook, read and checked before anything is looked up."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from qtwin.webhooks.addresses import is_public
from qtwin.webhooks.models.webhook import LONGEST_URL

HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9])?")
PATH = re.compile(r"[!-~]*")


class BadTarget(ValueError):
    """An address that is not taken; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect and what to ask for.

    Attributes:
        path: With its query.
        trusted: Whether the installation allows this host at whatever address it has.
    """

    host: str
    port: int
    path: str
    trusted: bool


def read_target(url: str) -> Target:
    """Read an address.

    Raises:
        BadTarget: It is none, or not allowed.
    """
    if len(url) > LONGEST_URL:
        raise BadTarget(f"{len(url)} characters; allowed: at most {LONGEST_URL}")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port or 443
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError:
        raise BadTarget(f"{url[:80]!r} is no address; allowed: https://host/path") from None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme != "https" or not _is_host(host) or not PATH.fullmatch(path):
        raise BadTarget(f"{url[:80]!r}; allowed: https://host/path")
    if "@" in parts.netloc or "#" in url:
        raise BadTarget(f"{host!r} with a user or a fragment; allowed: https://host/path")
    trusted = {host, f"{host}:{port}"} & set(settings.WEBHOOK_HOSTS)
    target = Target(host, port, path, bool(trusted))
    _check(target)
    return target


def _is_host(host: str) -> bool:
    return bool(HOST.fullmatch(host)) or _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check(target: Target) -> None:
    if target.trusted:
        return
    if target.port not in settings.WEBHOOK_PORTS:
        allowed = ", ".join(map(str, settings.WEBHOOK_PORTS))
        raise BadTarget(f"port {target.port}; allowed: {allowed}")
    named = f".{target.host}".endswith((".localhost", ".local", ".internal"))
    if named or (_is_address(target.host) and not is_public(target.host)):
        raise BadTarget(f"{target.host!r}; allowed: a host of the public internet")
