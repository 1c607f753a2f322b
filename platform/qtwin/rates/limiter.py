"""Asks the shared buckets, or this process's own while the broker is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from qtwin.rates.local import MOST_KEYS, LocalBuckets
from qtwin.rates.rule import Charge, Verdict
from qtwin.rates.shared import Away, SharedBuckets

AGAIN_S = 2.0
"""So long the broker is left alone after it did not answer."""
log = logging.getLogger(__name__)


class Limiter:
    """Whether a request may pass. Whoever was refused is refused by this process until it may.

    A refused request counts too, up to a whole bucket: who asks faster than a bucket fills gets
    what it holds and then nothing until they slow down, and costs others nothing meanwhile.

    Args:
        shared: None for a broker that keeps no buckets.
    """

    def __init__(self, shared: SharedBuckets | None) -> None:
        self._shared, self._local = shared, LocalBuckets()
        self._shut: dict[tuple[str, ...], tuple[int, Verdict]] = {}
        self._away_until = 0.0

    async def take(self, charges: Sequence[Charge]) -> Verdict:
        """Charge one request."""
        now, keys = time.monotonic_ns() // 1000, tuple(one.key for one in charges)
        until, refused = self._shut.get(keys, (0, None))
        if refused is not None and until > now:
            until = min(until + charges[0].rule.step_us, now + charges[0].rule.full_us)
            self._shut[keys] = (until, refused)
            return Verdict(until - now, refused.used_us)
        verdict = await self._ask(charges, now)
        if verdict.wait_us:
            self._shut[keys] = (now + verdict.wait_us, verdict)
            if len(self._shut) > MOST_KEYS:
                self._shut = {key: one for key, one in self._shut.items() if one[0] > now}
        return verdict

    async def _ask(self, charges: Sequence[Charge], now_us: int) -> Verdict:
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                return await self._shared.take(charges)
            except Away as away:
                self._away_until = time.monotonic() + AGAIN_S
                log.warning("no shared rate limits, this process counts alone: %s", away)
        return self._local.take(charges, now_us)
