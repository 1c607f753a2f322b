"""A ceremony between two requests: its challenge is kept in the session, for one answer."""

from __future__ import annotations

import ipaddress
import json
import time
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

KEPT = "passkey"
LASTS_S = 300


def site_of(request: HttpRequest) -> Any:
    """The `Site` whose page was asked for."""
    from qtwin.accounts.webauthn import Site  # heavy, and rarely needed

    origin = request.build_absolute_uri("/").rstrip("/")
    return Site(host=_host(request), origin=origin)


def named(request: HttpRequest) -> bool:
    """Whether the host has a name: browsers make no passkeys for an address of digits."""
    try:
        ipaddress.ip_address(_host(request))
    except ValueError:
        return True
    return False


def _host(request: HttpRequest) -> str:
    return urlsplit(f"//{request.get_host()}").hostname or ""


def keep(request: HttpRequest, state: Any) -> None:
    request.session[KEPT] = {"state": dict(state), "until": time.time() + LASTS_S}


def answered(request: HttpRequest) -> tuple[Any, Any] | None:
    """What was kept and the browser's answer to it; None if there is no pair."""
    kept = request.session.pop(KEPT, None)
    text = request.POST.get("answer", "")
    if not kept or kept["until"] < time.time() or len(text) > 2**16:
        return None
    try:
        return kept["state"], json.loads(text)
    except (ValueError, RecursionError):
        return None
