"""A stored fit is made again from its measurements and compared with what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from qtwin import fusion
from qtwin.fusion.questions.difference import grid
from qtwin.fusion.star.posterior import StarFit, load_fit
from qtwin.fusion.version import FUSION_VERSION
from qtwin.projects.services import artifact_read
from qtwin.twins.ageing import CalibrationLost
from qtwin.twins.evidence import Evidence, evidence_of_fit
from qtwin.twins.models import TwinFit


class Verdict(StrEnum):
    IDENTICAL = "identical"
    """The same bytes."""
    CLOSE = "close"
    """Other bytes, but predictions agree to `TOLERANCE`: another processor or linear algebra."""
    DIFFERENT = "different"
    """Other numbers."""
    IMPOSSIBLE = "impossible"
    """This release cannot tell."""


TOLERANCE = 1e-10
"""Largest difference of means and sigmas, in units of the values' spread over the range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What came of it, and a sentence that says why."""

    verdict: Verdict
    sentence: str


def twin_rebuild(fit: TwinFit) -> Rebuilt:
    """Fit a version's measurements again and compare; writes nothing."""
    made_by = fit.version.fusion_version
    if made_by != FUSION_VERSION:
        return _impossible(
            f"it was made by fusion version {made_by} and this release has {FUSION_VERSION}; its "
            "stored numbers stay as they are"
        )
    evidence = evidence_of_fit(fit)
    lost = len(fit.measurement_ids) - len(evidence.measurements)
    if lost:
        return _impossible(f"{lost} of its {len(fit.measurement_ids)} measurements are gone")
    if evidence.digest(fit.version.seed) != fit.digest:
        return _impossible("its sources, controls or observable are not what they were")
    try:
        return _compare(fit, evidence)
    except CalibrationLost as error:
        return _impossible(str(error))


def _compare(fit: TwinFit, evidence: Evidence) -> Rebuilt:
    kept = artifact_read(fit.artifact)
    again = fusion.fit_star(evidence.observations(), seed=fit.version.seed)
    if again.to_bytes() == kept:
        return Rebuilt(verdict=Verdict.IDENTICAL, sentence="the same bytes")
    apart = _apart(load_fit(kept), again)
    verdict = Verdict.CLOSE if apart <= TOLERANCE else Verdict.DIFFERENT
    return Rebuilt(
        verdict=verdict, sentence=f"predictions differ by up to {apart:.1e} of the values' spread"
    )


def _apart(one: StarFit, other: StarFit) -> float:
    x = grid(one.bounds)
    a, b = one.predict(x), other.predict(x)
    apart = max(np.abs(a.mean - b.mean).max(), np.abs(a.std - b.std).max())
    return float(apart / one.scale.factor)


def _impossible(sentence: str) -> Rebuilt:
    return Rebuilt(verdict=Verdict.IMPOSSIBLE, sentence=sentence)
