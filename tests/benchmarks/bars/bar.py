"""A bar: what is measured, what it must reach, and which test measures it."""

from __future__ import annotations

from dataclasses import dataclass

AT_LIMIT = 1e-9
"""A figure that equals its limit but for rounding holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row of the table.

    Attributes:
        name: Number in its part of the design, and which figure of it.
        what: In words; a ratio is written ours / theirs.
        by: The test that measures it, as file and function, with its parameters where they matter.
        at_most: The most that it may be; None where less is not better.
        at_least: The least that it must be.
        limit: In words, where a limit is known only in the run.
        must: Whether its test fails where it is missed; the table tells of it in any case.
        steady: Whether another run finds the same, however busy the machine is.
    """

    name: str
    what: str
    by: str
    at_most: float | None = None
    at_least: float | None = None
    unit: str = ""
    limit: str = ""
    must: bool = True
    steady: bool = False

    @property
    def allowed(self) -> str:
        """The limit as people read it; empty where the figure is only told."""
        parts = [
            f"{sign} {limit:.4g}"
            for sign, limit in ((">=", self.at_least), ("<=", self.at_most))
            if limit is not None
        ]
        return " and ".join(parts) or self.limit

    def held_by(self, value: float) -> bool:
        """Whether the value is within the limits; one that is no number is not."""
        low = self.at_least is None or value >= self.at_least - AT_LIMIT
        high = self.at_most is None or value <= self.at_most + AT_LIMIT
        return value == value and low and high  # noqa: PLR0124 - not a number

    def measured_by(self, test: str) -> bool:
        """Whether a test of this folder measures it."""
        return test == self.by or test.startswith(f"{self.by}[")
