"""Buckets of this process alone, for when the broker is away."""

from __future__ import annotations

from collections.abc import Sequence

from qtwin.rates.rule import Charge, Verdict

MOST_KEYS = 20_000
"""Then those that are full again are forgotten."""


class LocalBuckets:
    """Of each bucket the time at which it is full again, in microseconds (GCRA)."""

    def __init__(self) -> None:
        self._full_at: dict[str, int] = {}

    def take(self, charges: Sequence[Charge], now_us: int) -> Verdict:
        """Charge all buckets, or none when one of them is empty."""
        full_at = [max(self._full_at.get(one.key, 0), now_us) for one in charges]
        after = [at + one.rule.step_us for at, one in zip(full_at, charges, strict=True)]
        wait = max(at - now_us - one.rule.full_us for at, one in zip(after, charges, strict=True))
        if wait > 0:
            return Verdict(wait, tuple(at - now_us for at in full_at))
        self._keep({one.key: at for one, at in zip(charges, after, strict=True)}, now_us)
        return Verdict(0, tuple(at - now_us for at in after))

    def _keep(self, full_at: dict[str, int], now_us: int) -> None:
        self._full_at.update(full_at)
        if len(self._full_at) > MOST_KEYS:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now_us}
