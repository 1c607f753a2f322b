"""What QTwin must reach, and by how much it does or does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.twin.design import Design
from tests.benchmarks.twin.methods import LIBRARIES
from tests.benchmarks.twin.summary import Summaries, Summary

GEOMETRIC_NRMSE = 0.065
COVERAGE = (0.93, 0.97)
WORST_COVERAGE = 0.88
NOMINAL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A figure and the range that it must be in."""

    what: str
    figure: float
    least: float = -np.inf
    most: float = np.inf

    @property
    def held(self) -> bool:
        return bool(self.least <= self.figure <= self.most)

    @property
    def verdict(self) -> str:
        """For people: held, or missed by how much."""
        limit = f">= {self.least:.4g}" if np.isfinite(self.least) else ""
        limit += " and " if limit and np.isfinite(self.most) else ""
        limit += f"<= {self.most:.4g}" if np.isfinite(self.most) else ""
        beyond = max(self.figure - self.most, self.least - self.figure)
        end = "held" if self.held else f"MISSED by {beyond:.3g}"
        return f"{self.what:<60} {self.figure:>9.4g}  {limit:<20} {end}"


def judge(designs: dict[str, Design], found: Summaries) -> list[Bar]:
    """All bars for which there are figures."""
    own = {case: each for (case, method), each in found.items() if method == "qtwin" and each.runs}
    bars = [*_eagle(own), *_lih(own)]
    bars += _quantum(
        [own[c] for c, design in designs.items() if design.kind == "table" and c in own]
    )
    bars += _half_wrong(own, found)
    for case, design in designs.items():
        if design.kind == "function" and case != "half-wrong" and case in own:
            bars += _literature(own[case], found)
    return [*bars, *_scale(own)]


def _eagle(own: dict[str, Summary]) -> Iterator[Bar]:
    for case in ("eagle", "eagle-networks"):
        if case in own:
            yield Bar(what=f"{case}: RMSE", figure=own[case].rmse, most=0.012)
            yield Bar(what=f"{case}: coverage", figure=own[case].coverage, least=0.9)
    if "eagle" in own:
        yield Bar(what="eagle: rms z", figure=own["eagle"].rms_z, least=0.7, most=1.3)


def _lih(own: dict[str, Summary]) -> Iterator[Bar]:
    for case, rmse, width in (("lih-5", 1.0, 9.0), ("lih-7", 0.3, 1.7)):
        if case in own:
            yield Bar(what=f"{case}: RMSE, mHa", figure=1e3 * own[case].rmse, most=rmse)
            yield Bar(what=f"{case}: coverage", figure=own[case].coverage, least=0.9)
            yield Bar(what=f"{case}: mean width, mHa", figure=1e3 * own[case].width, most=width)


def _quantum(cases: list[Summary]) -> Iterator[Bar]:
    if not cases:
        return
    name, coverage = f"{len(cases)} quantum cases", [case.coverage for case in cases]
    nrmse = float(np.exp(np.mean(np.log([case.nrmse for case in cases]))))
    yield Bar(what=f"{name}: geometric-mean NRMSE", figure=nrmse, most=GEOMETRIC_NRMSE)
    low, high = COVERAGE
    yield Bar(what=f"{name}: mean coverage", figure=float(np.mean(coverage)), least=low, most=high)
    worst = min(cases, key=lambda case: case.coverage)
    yield Bar(
        what=f"{name}: worst coverage ({worst.case})", figure=worst.coverage, least=WORST_COVERAGE
    )


def _half_wrong(own: dict[str, Summary], found: Summaries) -> Iterator[Bar]:
    case = "half-wrong"
    if case not in own:
        return
    alone = found.get((case, "references"))
    if alone is not None and alone.runs:
        what = f"{case}: NRMSE against the same references alone"
        yield Bar(what=what, figure=own[case].nrmse, most=1.1 * alone.nrmse)
    yield Bar(what=f"{case}: share of the junk source", figure=own[case].trust["junk"], most=0.1)


def _literature(own: Summary, found: Summaries) -> Iterator[Bar]:
    others = [found[own.case, name] for name in LIBRARIES if (own.case, name) in found]
    others = [other for other in others if other.runs]
    if not others:
        return
    rmse, nlpd = min(o.rmse for o in others), min(o.nlpd for o in others)
    away = min(abs(o.coverage - NOMINAL) for o in others)
    yield Bar(what=f"{own.case}: RMSE against the best library", figure=own.rmse, most=1.1 * rmse)
    yield Bar(what=f"{own.case}: NLPD against the best library", figure=own.nlpd, most=nlpd)
    what = f"{own.case}: |coverage - 0.95| against the best library"
    yield Bar(what=what, figure=abs(own.coverage - NOMINAL), most=away)


def _scale(own: dict[str, Summary]) -> Iterator[Bar]:
    for case, most in (("scale-200", 5.0), ("scale-5000", 30.0)):
        if case in own:
            yield Bar(what=f"{case}: fit and 1000 points, CPU s", figure=own[case].cpu_s, most=most)
    page = own["scale-200"].page_ms if "scale-200" in own else None
    if page is not None:
        yield Bar(what="a page's 200 points from a stored fit, ms", figure=page, most=50.0)
