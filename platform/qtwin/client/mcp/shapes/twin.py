"""What a twin says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field

from qtwin.client.mcp.shapes.shape import Knobs, Shape
from qtwin.client.mcp.told import MOST_ITEMS, Others, others, others_in
from qtwin.client.rows.curve import Curve
from qtwin.client.rows.twin import Plan, Prediction, Run

SAMPLES = 11
"""Points of the curve in a summary."""


class Fit(Shape):
    """One immutable fit, which every number comes from."""

    version: int
    as_of: str
    measurements: int
    references: int
    claim: str = Field(description="calibrated, nominal, …: how far the interval can be trusted.")
    c2: float = Field(description="By which variances were widened so that references are met.")
    nu: int | None = Field(description="Degrees of freedom of the interval; none: Gaussian.")

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        return cls(
            version=document["number"],
            as_of=document["as_of"],
            measurements=document["measurements"],
            references=document["references"],
            claim=document["claim"],
            c2=document["c2"],
            nu=document["nu"],
        )


class Predicted(Shape):
    """One point of the curve."""

    point: list[float]
    mean: float
    std: float = Field(description="One sigma.")
    lower: float = Field(description="Of the 95 % interval.")
    upper: float
    error_budget: dict[str, float] = Field(
        description="Variance by cause, in the square of the unit; they sum to std squared."
    )
    shares: dict[str, float] = Field(description="Of each source in the mean; they sum to 1.")


class Predictions(Shape):
    observable: str
    unit: str
    fit: Fit
    points: list[Predicted]

    @classmethod
    def of(cls, row: Prediction) -> Self:
        return cls(
            observable=row.observable,
            unit=row.unit,
            fit=Fit.of(row.document["version"]),
            points=[
                Predicted(
                    point=row.points[at].tolist(),
                    mean=float(row.mean[at]),
                    std=float(row.std[at]),
                    lower=float(row.lower[at]),
                    upper=float(row.upper[at]),
                    error_budget={name: float(one[at]) for name, one in row.budget.items()},
                    shares={name: float(one[at]) for name, one in row.shares.items()},
                )
                for at in range(len(row.mean))
            ],
        )


class TwinSource(Shape):
    name: str
    label: Others
    role: str
    measurements: int


class Conflict(Shape):
    """A device's calibration epoch that contradicts the rest and was left out."""

    source: str
    epoch: Others
    sigmas: float
    measurements: int


class TwinSeen(Shape):
    """A twin in short."""

    project: str
    observable: str
    unit: str
    control: str = Field(description="Along which the curve is; others are held as in fixed.")
    fixed: dict[str, float]
    evidence: int = Field(description="Valid measurements of the project.")
    up_to_date: bool
    jobs_running: bool
    problem: Others
    fit: Fit | None = Field(description="None: nothing was fitted yet.")
    scores: dict[str, float] = Field(
        description="On references, each left out once: coverage_95, rmse, nlpd; few say little."
    )
    conflicts: list[Conflict]
    sources: list[TwinSource]
    curve: list[Predicted]
    svg: str = Field(description="Address of the resource that draws it.")


def sampled(curve: Curve) -> list[Predicted]:
    """Some points of the curve, its ends among them."""
    total = len(curve.x)
    if not total:
        return []
    rows = sorted({round(step * (total - 1) / (SAMPLES - 1)) for step in range(SAMPLES)})
    shares: Mapping[str, Any] = curve.document.get("shares", {})
    return [
        Predicted(
            point=[float(curve.x[at])],
            mean=float(curve.mean[at]),
            std=float(curve.std[at]),
            lower=float(curve.lower[at]),
            upper=float(curve.upper[at]),
            error_budget={name: float(one[at]) for name, one in curve.budget.items()},
            shares={name: float(one[at]) for name, one in shares.items()},
        )
        for at in rows
    ]


class PlannedRun(Shape):
    source: str
    at: list[float]
    knobs: Knobs
    shots: int | None
    cost: float
    sigma_before: float
    sigma_after: float = Field(description="Expected.")
    why: Others

    @classmethod
    def of(cls, row: Run) -> Self:
        return cls(
            source=row.source,
            at=list(row.at),
            knobs=others_in(dict(row.knobs)),
            shots=row.shots,
            cost=row.cost,
            sigma_before=row.sigma_before,
            sigma_after=row.sigma_after,
            why=others(row.why),
        )


class Planned(Shape):
    """What to measure next. Nothing is submitted."""

    observable: str
    fit: Fit
    runs: list[PlannedRun]
    sigma_before: float
    sigma_after: float = Field(description="Expected of all runs together.")
    cost: float = Field(description="In the unit of the prices.")
    cost_unit: str = Field(description="s or USD; empty: that of the prices in the request.")
    prices_from: Others
    target: float | None
    why: Others
    notes: list[Others]

    @classmethod
    def of(cls, row: Plan) -> Self:
        return cls(
            observable=row.observable,
            fit=Fit.of(row.document["version"]),
            runs=[PlannedRun.of(one) for one in row.steps[:MOST_ITEMS]],
            sigma_before=row.sigma_before,
            sigma_after=row.sigma_after,
            cost=row.cost,
            cost_unit=str(row.pricing.get("unit", "")),
            prices_from=others(str(row.pricing.get("told", ""))),
            target=row.target,
            why=others(row.why),
            notes=[others(note) for note in row.notes[:MOST_ITEMS]],
        )
