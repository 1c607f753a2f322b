"""A host's addresses, asked for once."""

from __future__ import annotations

import socket
import threading

from qtwin.webhooks.addresses import is_public
from qtwin.webhooks.target import BadTarget, Target

LOOKUP_S = 5.0


class NotFound(Exception):
    """The host has no address now."""


def address_of(target: Target) -> str:
    """The one address to connect to.

    Raises:
        BadTarget: One of the host's addresses is not public: the name may lead anywhere.
        NotFound: It has none, or nobody said so in time.
    """
    found = _resolve(target)
    inside = [address for address in found if not is_public(address)]
    if inside and not target.trusted:
        raise BadTarget(f"{target.host!r} is not at a public address")
    return found[0]


def _resolve(target: Target) -> list[str]:
    """In a thread that is left behind: a resolver may take longer than anyone can wait."""
    found: list[str] = []
    failed: list[str] = []

    def run() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(row[4][0]) for row in rows))
        except (OSError, UnicodeError) as error:
            failed.append(type(error).__name__)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LOOKUP_S)
    answer = list(found)
    if not answer:
        raise NotFound(f"{target.host!r} has no address" if failed else "no name server answered")
    return answer
