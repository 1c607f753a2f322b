"""What a twin says of itself and of the curve.

Shapes: ``P`` points asked for, ``S`` draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qtwin.client.rows.row import Floats, Row

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False)
class Version(Row):
    """One immutable fit of one observable."""

    id: str
    number: int
    created_at: datetime
    as_of: datetime
    measurements: int
    claim: str = ""
    references: int = 0
    c2: float = 1.0
    nu: int | None = None
    digest: str = ""
    fusion_version: str = ""
    seed: int = 0
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class VersionRow(Row):
    """One version with its fit of each observable."""

    id: str
    number: int
    created_at: datetime
    as_of: datetime
    measurements: int
    fusion_version: str = ""
    seed: int = 0
    fit_seconds: float = 0.0
    fits: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class TwinStatus(Row):
    """Whether the twin has taken in all evidence, and its latest version."""

    project: str
    evidence: int
    up_to_date: bool
    jobs_running: bool
    problem: str = ""
    version: Version | None = None

    @property
    def settled(self) -> bool:
        """Whether waiting would change nothing."""
        fitted = self.up_to_date and self.version is not None
        return not self.jobs_running and (fitted or not self.evidence or bool(self.problem))

    @property
    def so_far(self) -> tuple[int, int, str]:
        """Measurements taken in, measurements there are, and a word: what a bar shows."""
        taken = self.version.measurements if self.version else 0
        word = "jobs are running" if self.jobs_running else "up to date"
        return min(taken, self.evidence), self.evidence, word if self.up_to_date else "fitting"


@dataclass(frozen=True, kw_only=True, eq=False)
class Answered(Row):
    """What every answer of a twin says of where it comes from."""

    observable: str
    claim: str
    references: int
    c2: float
    nu: int | None = None
    version: Version


def _none() -> Floats:
    import numpy as np

    return np.empty((0, 0))


@dataclass(frozen=True, kw_only=True, eq=False)
class Prediction(Answered):
    """The curve at some points.

    Attributes:
        points: As they were asked for, shape (P, C).
        mean: Shape (P,), like the next three.
        std: One sigma.
        lower: Of the 95 % interval.
        upper: Of the 95 % interval.
        budget: Variance by cause, each shape (P,); they sum to the square of ``std``.
        shares: Of each source in the mean, each shape (P,); they sum to 1.
    """

    points: Floats = field(default_factory=_none)
    controls: tuple[str, ...] = ()
    unit: str = ""
    mean: Floats
    std: Floats
    lower: Floats
    upper: Floats
    budget: Mapping[str, Floats] = field(repr=False)
    shares: Mapping[str, Floats] = field(repr=False)

    def to_pandas(self) -> pd.DataFrame:
        """A table with a row for each point."""
        from qtwin.client.shown.frame import prediction_frame

        return prediction_frame(self)

    def _repr_html_(self) -> str:
        from qtwin.client.shown.table import prediction_table

        return prediction_table(self)


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples(Answered):
    """Coherent draws: each row is one function that the truth may be, shape (S, P)."""

    draws: Floats
    unit: str = ""
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Slope(Row):
    """A derivative with its error, each shape (P,)."""

    unit: str
    mean: Floats
    std: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Derivatives(Answered):
    """Derivatives by control."""

    order: int
    derivatives: Mapping[str, Slope]

    def __getitem__(self, control: str) -> Slope:
        return self.derivatives[control]


@dataclass(frozen=True, kw_only=True, eq=False)
class Value(Row):
    """A number with its error and 95 % interval."""

    unit: str
    mean: float
    std: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Functional(Answered):
    """One number about the whole curve.

    Attributes:
        position: Where it is, by free control.
        share: Part of the draws that have it.
    """

    kind: str
    order: int = 0
    value: Value | None
    position: Mapping[str, Value] = field(default_factory=dict)
    share: float = 1.0
    at_bound: float = 0.0
    several: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Run(Row):
    """One recommended run: a source at one point."""

    source: str
    at: tuple[float, ...]
    knobs: Mapping[str, Any] = field(default_factory=dict)
    shots: int | None = None
    cost: float
    sigma_before: float
    sigma_after: float
    gain_per_cost: float = 0.0
    why: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan(Row):
    """What to measure next; ``sigma_after`` is what is expected of the runs.

    Attributes:
        pricing: ``unit`` of the costs, ``prices`` by source, and ``told``, where they come from.
    """

    observable: str
    steps: tuple[Run, ...]
    sigma_before: float
    sigma_after: float
    cost: float
    target: float | None = None
    why: str = ""
    notes: tuple[str, ...] = ()
    pricing: Mapping[str, Any] = field(default_factory=dict)
    version: Version

    def _repr_html_(self) -> str:
        from qtwin.client.shown.table import rows_table

        return rows_table(self.steps)


@dataclass(frozen=True, kw_only=True, eq=False)
class Refit(Row):
    """That a new version was asked for; ``latest`` is the number of the one there is."""

    latest: int | None = None
