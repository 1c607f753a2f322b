"""What an experiment is expected to take."""

from __future__ import annotations

from dataclasses import dataclass, replace

from backends import speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """An estimate, made without running anything.

    Money, QPU seconds and shots are upper bounds, which budgets reserve: the backend must not take
    more. Shots are those of all circuits at all points together.

    Attributes:
        money_micro_usd: Price in millionths of a US dollar; 0 for local backends.
        seconds: Expected CPU seconds on the machine of `backends.speed`, or QPU seconds.
        memory_bytes: Expected peak memory.
        qpu_seconds: Most seconds of a QPU; 0 where no QPU is used.
        shots: Most shots on a QPU or at a vendor; 0 for local backends.
        interpreted: Whether the seconds go into many small steps of Python, not into large arrays.
        prices: Which price list says so, e.g. ``braket 2026-09-04``; see `backends.prices`.
    """

    money_micro_usd: int = 0
    seconds: float = 0.0
    memory_bytes: int = 0
    qpu_seconds: float = 0.0
    shots: int = 0
    interpreted: bool = False
    prices: str = ""

    def here(self) -> Cost:
        """The same on this machine, where `backends.speed` measures how slow it is."""
        slowness = speed.interpreter_slowness() if self.interpreted else speed.slowness()
        return replace(self, seconds=self.seconds * slowness)
