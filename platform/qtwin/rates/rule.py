"""A bucket's size and how fast it fills."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """At most ``most`` requests at once, and as many again over every ``window_s``.

    Attributes:
        most: 0 for no limit.
    """

    name: str
    most: int
    window_s: int

    @property
    def step_us(self) -> int:
        """Microseconds in which one request comes back."""
        return max(1, 1_000_000 * self.window_s // self.most)

    @property
    def full_us(self) -> int:
        """Microseconds in which an empty bucket fills."""
        return self.step_us * self.most

    @property
    def policy(self) -> str:
        """A member of the header ``RateLimit-Policy``."""
        return f'"{self.name}";q={self.most};w={self.window_s}'


@dataclass(frozen=True, slots=True)
class Charge:
    """One request, taken from one caller's bucket."""

    rule: Rule
    caller: str

    @property
    def key(self) -> str:
        return f"qtwin:rate:{self.rule.name}:{self.caller}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of charges.

    Attributes:
        wait_us: Until the request would be let through; 0 when it is.
        used_us: Of each bucket, the time in which it is full again.
    """

    wait_us: int
    used_us: tuple[int, ...]
