"""What an experiment is expected to take."""

from __future__ import annotations

from dataclasses import dataclass, replace

from backends import speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """An estimate, made without running anything.

    Attributes:
        money_micro_usd: Price in millionths of a US dollar; 0 for local backends.
        seconds: Expected CPU seconds on the machine of `backends.speed`, or QPU seconds.
        memory_bytes: Expected peak memory.
    """

    money_micro_usd: int = 0
    seconds: float = 0.0
    memory_bytes: int = 0

    def here(self) -> Cost:
        """The same on this machine, where `backends.speed` measures how slow it is."""
        return replace(self, seconds=self.seconds * speed.slowness())
