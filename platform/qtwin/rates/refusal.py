"""What a refused caller is told."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from qtwin.rates.rule import Charge, Verdict
from qtwin.rest.document import document

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Too many requests · QTwin</title>
<link rel="stylesheet" href="/static/qtwin/qtwin.css"></head>
<body><main><div class="error-page"><p class="soft">429</p>
<h1>Too many requests</h1>
<p>{detail} Nothing was lost or changed.</p></div></main></body></html>
"""
SAFE_PAGE: Headers = [
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-store"),
]


async def refuse(send: Send, path: str, charges: Sequence[Charge], verdict: Verdict) -> None:
    """Answer 429, as a problem document or as a page."""
    wait_s = math.ceil(verdict.wait_us / 1e6)
    rules = [one.rule for one in charges]
    allowed = ", ".join(f"{rule.name}: {rule.most} in {rule.window_s} s" for rule in rules)
    detail = f"Too many requests; allowed: {allowed}. Try again in {wait_s} s."
    if path.startswith("/api/"):
        kind, body = b"application/problem+json", _problem(path, detail)
    else:
        kind, body = b"text/html; charset=utf-8", PAGE.format(detail=detail)
    text = body.encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(text)).encode()),
        (b"retry-after", str(wait_s).encode()),
        *SAFE_PAGE,
        *told(charges, verdict),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def told(charges: Sequence[Charge], verdict: Verdict) -> Headers:
    """``RateLimit`` and ``RateLimit-Policy``: what is left, and when all of it is back."""
    left = ", ".join(
        f'"{one.rule.name}";r={(one.rule.full_us - used) // one.rule.step_us}'
        f";t={math.ceil(used / 1e6)}"
        for one, used in zip(charges, verdict.used_us, strict=True)
    )
    policies = ", ".join(one.rule.policy for one in charges)
    return [(b"ratelimit", left.encode()), (b"ratelimit-policy", policies.encode())]


def _problem(path: str, detail: str) -> str:
    return json.dumps(document(status=429, code="throttled", detail=detail, instance=path))
