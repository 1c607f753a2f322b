"""The learning curve."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from qtwin.fusion.base import FloatArray
from qtwin.worlds.transfer.intervals import student


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """After one generation.

    Attributes:
        evaluations: Episodes played so far.
        seconds: So far.
        best: Highest mean return of any candidate so far, on the episodes that it was picked by:
            it flatters.
        mean: Mean return of the favourite on this generation's episodes, which played no part in
            making it its favourite.
        lower: Of the 95 % interval around the mean.
        upper: Of the 95 % interval around the mean.
    """

    evaluations: int
    seconds: float
    best: float
    mean: float
    lower: float
    upper: float

    @classmethod
    def of(cls, returns: FloatArray, *, evaluations: int, seconds: float, best: float) -> Row:
        """From the favourite's returns, shape ``(E,)``."""
        found = student(returns)
        return cls(
            evaluations=evaluations,
            seconds=seconds,
            best=best,
            mean=found.value,
            lower=found.lower,
            upper=found.upper,
        )

    def to_dict(self) -> dict[str, float]:
        """Plain JSON."""
        return asdict(self)
