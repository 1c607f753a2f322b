"""Who asks, as far as the request's head tells it."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SESSION = b"sessionid"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose buckets are charged.

    Attributes:
        claim: Digest of a token or a session, which nobody has looked at yet; empty for none.
        address: Of the client; of IPv6 its network, since one customer has a whole one.
    """

    claim: str
    address: str


def caller_of(scope: Mapping[str, Any]) -> Caller:
    """The caller of an ASGI request."""
    headers = dict(scope["headers"])
    secret = _bearer(headers.get(b"authorization", b"")) or _session(headers.get(b"cookie", b""))
    client = scope.get("client")
    return Caller(claim_of(secret), _network(client[0]) if client else "local")


def claim_of(secret: bytes) -> str:
    """By which a token or a session is known; empty for none."""
    return hashlib.sha256(secret).hexdigest()[:32] if secret else ""


def _bearer(header: bytes) -> bytes:
    kind, _, token = header.partition(b" ")
    return token.strip() if kind.lower() == b"bearer" else b""


def _session(header: bytes) -> bytes:
    """The session's cookie, whose name HTTPS may prefix."""
    for pair in header.split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name.endswith(SESSION):
            return value
    return b""


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.ip_network((found, 64), strict=False).network_address)
