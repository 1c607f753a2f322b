"""The context that a trace is carried on by, as W3C Trace Context writes it (``traceparent``)."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

LONGEST = 55
"""Characters of a traceparent of version 00."""
SHAPE = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

CURRENT: ContextVar[str] = ContextVar("qtwin_traceparent", default="")


def current() -> str:
    """The traceparent of whatever is done now; empty for none."""
    return CURRENT.get()


def trace_id(traceparent: str) -> str:
    """The part that all of a trace share; empty for none."""
    return traceparent[3:35]


def accepted(header: str) -> str:
    """What a caller sent, if it is well formed; else empty."""
    return header if SHAPE.fullmatch(header) else ""


def fresh() -> str:
    """The beginning of a trace that nobody has begun, not sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
