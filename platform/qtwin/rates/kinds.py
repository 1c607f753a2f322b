"""Which rules a request falls under."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from qtwin.rates.caller import Caller
from qtwin.rates.rule import Charge, Rule

FREE = re.compile(r"^/(static/|api/v1/health/)")
"""What costs next to nothing, and what must answer always."""
SIGN_IN = re.compile(r"^/(sign-in|accounts/)")
LIST = re.compile(r"^/api/v1/(.*/)?([a-z-]+s|ledger|export|audit)$")
ASKS = re.compile(r":(predict|samples|derivatives|functionals)$")
"""Ends of addresses where a POST asks a question and changes nothing."""
SAFE = {"GET", "HEAD", "OPTIONS"}

DEFAULTS = {
    "all": "120/6",
    "submit": "120/30",
    "list": "60/6",
    "address": "600/60",
    "sign-in": "60/300",
}
"""Requests / seconds. ``all`` is every request of one token or session, ``submit`` those that
change something, ``list`` those that read rows; ``address`` is every request of an address that
is not signed in, and ``sign-in`` its attempts."""


def charges(
    rules: Mapping[str, Rule], scope: Mapping[str, Any], caller: Caller, *, known: bool
) -> list[Charge]:
    """What a request is charged to.

    Args:
        known: Whether the caller's token or session was found good before. One that was not is
            charged to its address too: inventing tokens gives nobody more buckets.
    """
    return [
        Charge(rules[name], whose)
        for name, whose in _names(scope["method"], scope["path"], caller, known=known)
        if rules[name].most
    ]


def _names(method: str, path: str, caller: Caller, *, known: bool) -> Iterator[tuple[str, str]]:
    who = caller.claim if known else caller.address
    if not known:
        yield "address", caller.address
    if caller.claim:
        yield "all", caller.claim
    if method not in SAFE and SIGN_IN.match(path):
        yield "sign-in", caller.address
    elif method not in SAFE and not ASKS.search(path):
        yield "submit", who
    elif method in SAFE and LIST.match(path):
        yield "list", who
