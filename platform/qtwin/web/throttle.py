"""Slows guessing of passwords: a few failures per address and account, then a pause."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

FAILURES = 10
PAUSE_S = 900


def throttled(request: HttpRequest, email: str) -> bool:
    """Whether this address and account have failed too often."""
    return int(cache.get(_key(request, email), 0)) >= FAILURES


def failure_note(request: HttpRequest, email: str) -> None:
    """Count a failed sign-in."""
    key = _key(request, email)
    cache.add(key, 0, PAUSE_S)
    cache.incr(key)


def _key(request: HttpRequest, email: str) -> str:
    text = f"{request.META.get('REMOTE_ADDR', '')} {email}"
    return "sign-in:" + hashlib.sha256(text.encode()).hexdigest()
