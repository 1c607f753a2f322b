"""A plan as a value: runs in order, what they should achieve, and what references alone would."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One run to make.

    Attributes:
        source: Name of the source.
        at: Controls, in their canonical units.
        knobs: Its knobs; ``gain`` is the noise gain.
        shots: None when it has none, or as many as its runs so far.
        cost: In the unit of the prices.
        sigma_before: Expected sigma before the run, in the observable's unit.
        sigma_after: Expected sigma after it.
        gain_per_cost: Expected gain per unit of cost, squared units of the observable for a curve,
            its units for an optimum.
        why: A sentence.
    """

    source: str
    at: tuple[float, ...]
    knobs: Mapping[str, float]
    shots: int | None
    cost: float
    sigma_before: float
    sigma_after: float
    gain_per_cost: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The best next run of one source.

    Attributes:
        source: Name of the source.
        at: Controls, in their canonical units.
        knobs: Its knobs.
        shots: None when it has none, or as many as its runs so far.
        cost: In the unit of the prices.
        sigma_before: Sigma of the weighted curve now, or of the optimum, in the observable's unit.
        sigma_after: Expected after the run.
        here_before: Sigma now at the grid point nearest to the run.
        here_after: Expected there after it.
        gain_per_cost: As that of a step.
    """

    source: str
    at: tuple[float, ...]
    knobs: Mapping[str, float]
    shots: int | None
    cost: float
    sigma_before: float
    sigma_after: float
    here_before: float
    here_after: float
    gain_per_cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the plain Gaussian process on the references alone expects for the same money.

    Attributes:
        sigma_before: Its sigma now.
        sigma_after: Its expected sigma after its own runs.
        runs: How many.
        cost: What they cost, at most what the whole plan costs.
        loo_rmse: Its leave-one-out error on the references; None where they give none.
    """

    sigma_before: float
    sigma_after: float
    runs: int
    cost: float
    loo_rmse: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Recommended runs, in order.

    Attributes:
        steps: The runs; the first ``batch`` of the whole plan.
        sigma_before: Calibrated sigma of the weighted curve now, or of the optimum.
        sigma_after: Expected after the steps.
        cost: Of the steps.
        whole_runs: Runs of the whole plan, to the end of the budget or to the target.
        whole_cost: Their cost.
        whole_sigma: Expected sigma after all of them.
        target: Sigma to reach, if any.
        single_source: Whether the steps are those of the references alone, which do better.
        baseline: The references alone; None without references.
        loo_rmse: Leave-one-out error of the whole twin on the references; None without.
        c2: Calibration factor of the twin.
        references: Number of reference points.
        why: What the plan does, and why beside the baseline.
        notes: What else to know.
        choices: What one run could be now: the first step, and the best of each other source.
    """

    steps: tuple[Step, ...]
    sigma_before: float
    sigma_after: float
    cost: float
    whole_runs: int
    whole_cost: float
    whole_sigma: float
    target: float | None
    single_source: bool
    baseline: Baseline | None
    loo_rmse: float | None
    c2: float
    references: int
    why: str
    notes: tuple[str, ...]
    choices: tuple[Choice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        body = asdict(self)
        body["steps"] = [_run_to_dict(step) for step in self.steps]
        body["choices"] = [_run_to_dict(choice) for choice in self.choices]
        return {"schema_version": SCHEMA_VERSION, **body, "notes": list(self.notes)}

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Self:
        """Read the JSON form.

        Raises:
            ValueError: Another schema version.
        """
        if body.get("schema_version") != SCHEMA_VERSION:
            raise ValueError(
                f"schema_version is {body.get('schema_version')!r}; allowed: {SCHEMA_VERSION}"
            )
        own = {field.name: body.get(field.name, ()) for field in fields(cls)}
        own["steps"] = tuple(Step(**_run_from_dict(step)) for step in body["steps"])
        own["choices"] = tuple(Choice(**_run_from_dict(one)) for one in own["choices"])
        own["baseline"] = Baseline(**body["baseline"]) if body["baseline"] else None
        return cls(**{**own, "notes": tuple(body["notes"])})


def _run_to_dict(run: Step | Choice) -> dict[str, Any]:
    """JSON has no infinite numbers, such as the limit of a bond dimension."""
    knobs = {k: v if math.isfinite(v) else str(v) for k, v in run.knobs.items()}
    return {**asdict(run), "at": list(run.at), "knobs": knobs}


def _run_from_dict(body: Mapping[str, Any]) -> dict[str, Any]:
    knobs = {name: float(value) for name, value in body["knobs"].items()}
    return {**body, "at": tuple(body["at"]), "knobs": knobs}
