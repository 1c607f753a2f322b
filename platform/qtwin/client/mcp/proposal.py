"""What a dry run proposed; its digest confirms exactly that request, at that price, once."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LIFETIME_S = 1800.0
MOST = 256


class Declined(Exception):
    """The call is refused here; ``word`` names why in the audit trail."""

    def __init__(self, message: str, *, word: str, pointer: str = "/confirm") -> None:
        super().__init__(message)
        self.word, self.pointer = word, pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One dry run.

    Attributes:
        who: Digest of the token that asked.
        request: All that the server would be sent, as canonical JSON.
        price: Amounts at most, by unit.
        key: Idempotency-Key: however often it is confirmed, it is done once.
        made_s: By the clock that only goes on.
    """

    who: str
    tool: str
    request: str
    price: Mapping[str, float]
    key: str
    made_s: float

    @property
    def digest(self) -> str:
        parts = [self.who, self.tool, self.request, sorted(self.price.items()), self.key]
        return hashlib.sha256(_canonical(parts).encode()).hexdigest()[:32]


class Proposals:
    """The dry runs of this process, each for half an hour."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Proposal] = OrderedDict()

    def make(
        self, *, who: str, tool: str, request: Any, price: Mapping[str, float]
    ) -> tuple[str, Proposal]:
        """Keep a dry run; its digest."""
        made = Proposal(
            who=who,
            tool=tool,
            request=_canonical(request),
            price=dict(price),
            key=f"mcp-{secrets.token_hex(16)}",
            made_s=time.monotonic(),
        )
        self._kept[made.digest] = made
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return made.digest, made

    def confirmed(self, digest: str, *, who: str, tool: str, request: Any) -> Proposal:
        """The dry run of exactly this request.

        Raises:
            Declined: The digest is missing, unknown, too old, or of something else.
        """
        if not digest:
            raise Declined("needed: the confirm that a dry run of this request gave", word="digest")
        found = self._kept.get(digest)
        if found is None or found.who != who or time.monotonic() - found.made_s > LIFETIME_S:
            raise Declined(
                "no dry run of the last half hour gave this confirm; make one, and look at it",
                word="digest",
            )
        if (found.tool, found.request) != (tool, _canonical(request)):
            raise Declined(
                "this confirm is of another request; make a dry run of this one", word="digest"
            )
        return found


def check_price(now: Mapping[str, float], proposal: Proposal) -> None:
    """Refuse what has become dearer since its dry run.

    Raises:
        Declined: Some amount is larger now.
    """
    for unit, amount in now.items():
        agreed = proposal.price.get(unit, 0.0)
        if amount > agreed:
            raise Declined(
                f"it would cost {amount:g} {unit} now, and {agreed:g} were confirmed; "
                "make a dry run again",
                word="price",
            )


def _canonical(document: Any) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
