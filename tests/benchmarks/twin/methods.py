"""What is compared: QTwin, the single-source process, and the libraries' models."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from qtwin.fusion import fit_model, load_fit
from qtwin.fusion.base import Observations
from tests.benchmarks.twin.case import Absent, Case, references_of
from tests.benchmarks.twin.external import ask
from tests.benchmarks.twin.scores import Belief

PAGE_POINTS = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What a method says of a case, and what that took.

    Attributes:
        belief: At the case's test points.
        cpu_s: Of fitting and predicting.
        trust: Mean absolute share of each source; only of QTwin.
        page_ms: Predicting 200 points from a stored fit; only of QTwin on scale cases.
    """

    belief: Belief
    cpu_s: float
    trust: Mapping[str, float] = field(default_factory=dict)
    page_ms: float | None = None


Method = Callable[[Case], Answer]


def qtwin(case: Case) -> Answer:
    """The star with all sources."""
    return _fitted(case, case.observations)


def ar1(case: Case) -> Answer:
    """Our own ladder, AR(1) co-kriging, with the calibration and intervals of the star."""
    return _fitted(case, case.observations, model="ar1")


def quantum(case: Case) -> Answer:
    """The same ladder, correlated by fidelities of quantum states instead of Matérn's function."""
    return _fitted(case, case.observations, model="quantum")


def references(case: Case) -> Answer:
    """The single-source process: the same references alone."""
    return _fitted(case, references_of(case.observations))


def references_equal_cost(case: Case) -> Answer:
    """References alone, as many as all points of the case cost.

    Raises:
        Absent: The case has no costs.
    """
    if case.equal_cost is None:
        raise Absent("the case has no costs")
    return _fitted(case, case.equal_cost)


def _fitted(case: Case, data: Observations, model: str = "star") -> Answer:
    began = time.process_time()
    fit = fit_model(data, seed=case.seed, model=model)
    found = fit.predict(case.test_x)
    cpu_s = time.process_time() - began
    page_ms = _page_ms(fit.to_bytes(), case) if case.design.kind == "scale" else None
    return Answer(
        belief=Belief(
            mean=found.mean, std=found.std, lower=found.lower, upper=found.upper, nu=found.nu
        ),
        cpu_s=cpu_s,
        trust={name: float(np.mean(np.abs(share))) for name, share in found.shares.items()},
        page_ms=page_ms,
    )


def _page_ms(stored: bytes, case: Case) -> float:
    """The median of five predictions by a fit that was read back, after one to warm up."""
    fit, times = load_fit(stored), []
    for _ in range(6):
        began = time.process_time()
        fit.predict(case.test_x[:PAGE_POINTS])
        times.append(time.process_time() - began)
    return 1e3 * float(np.median(times[1:]))


def _library(name: str) -> Method:
    def answer(case: Case) -> Answer:
        belief, cpu_s = ask(name, case)
        return Answer(belief=belief, cpu_s=cpu_s)

    return answer


LIBRARIES = ("smt-mfk", "botorch-mf", "icm")

METHODS: dict[str, Method] = {
    "qtwin": qtwin,
    "references": references,
    "equal-cost": references_equal_cost,
    "ar1": ar1,
    "quantum": quantum,
    **{name: _library(name) for name in LIBRARIES},
}
