"""What came of it, and whether it is good enough."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

GROWTH = 0.05
READS_P95_MS = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Of one run.

    Attributes:
        lost: Jobs that were taken and did not end well.
        missed: Events that a stream lacked, or had twice.
        wrong: What the audit of the database says.
        growth: Of the web's memory.
        held_mb: What each of its processes held in each quarter.
    """

    minutes: float
    answers: int
    jobs: int
    measurements: int
    fits: int
    kills: dict[str, int]
    errors: list[str]
    lost: list[str]
    missed: list[int]
    wrong: str
    growth: float
    held_mb: dict[str, list[float]]
    p95_ms: dict[str, float]

    def bars(self) -> dict[str, bool]:
        return {
            f"errors that people saw: {len(self.errors)} (0)": not self.errors,
            f"jobs lost: {len(self.lost)} of {self.jobs} (0)": not self.lost and self.jobs > 0,
            f"events missed or doubled: {len(self.missed)} (0)": not self.missed,
            f"invariants: {self.wrong or 'hold'}": not self.wrong,
            f"memory of the web: {self.growth:+.1%} (5 %)": self.growth <= GROWTH,
            f"p95 of reads: {self._reads:.0f} ms (200)": self._reads < READS_P95_MS,
        }

    @property
    def good(self) -> bool:
        return all(self.bars().values())

    @property
    def _reads(self) -> float:
        return self.p95_ms.get("all reads", float("inf"))

    def text(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return "\n".join(
            [
                f"{self.minutes:g} minutes: {self.answers} answers, {self.jobs} jobs, "
                f"{self.measurements} measurements, {self.fits} fits; killed: {kills or 'nothing'}",
                *(f"{'HELD  ' if held else 'MISSED'} {bar}" for bar, held in self.bars().items()),
                *(f"  {name} held {held} MB" for name, held in self.held_mb.items()),
                *(f"  p95 {ms:7.0f} ms  {what}" for what, ms in self.p95_ms.items()),
                *(f"  error: {error}" for error in self.errors[:10]),
            ]
        )

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "bars": self.bars(), "good": self.good}
