"""What QTwin must reach, and by how much it does or does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from tests.benchmarks.bars.bar import Bar
from tests.benchmarks.bars.of_twin import AGAINST, TWIN
from tests.benchmarks.twin.design import Design
from tests.benchmarks.twin.methods import LIBRARIES
from tests.benchmarks.twin.summary import Summaries, Summary

NOMINAL = 0.95
BARS = {bar.name: bar for bar in TWIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The figure of one bar.

    Attributes:
        most: Of a bar whose limit is what another model reached.
        note: Of which cases, where a bar is about several.
    """

    name: str
    value: float
    most: float | None = None
    note: str = ""

    @property
    def bar(self) -> Bar:
        bar = BARS[self.name]
        return bar if self.most is None else replace(bar, at_most=self.most)

    @property
    def held(self) -> bool:
        return self.bar.held_by(self.value)

    @property
    def verdict(self) -> str:
        """For people: held, or missed by how much."""
        bar = self.bar
        beyond = max(
            self.value - (np.inf if bar.at_most is None else bar.at_most),
            (-np.inf if bar.at_least is None else bar.at_least) - self.value,
        )
        what = f"{self.name}: {bar.what}"
        end = "held" if self.held else f"MISSED by {beyond:.3g}"
        told = f"{what:<66} {self.value:>9.4g} {bar.unit:<5}  {bar.allowed:<20} {end}"
        return f"{told}  {self.note}".rstrip()


def judge(designs: dict[str, Design], found: Summaries) -> list[Figure]:
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


def _eagle(own: dict[str, Summary]) -> Iterator[Figure]:
    for case in ("eagle", "eagle-networks"):
        if case in own:
            yield Figure(name=f"{case} RMSE", value=own[case].rmse)
            yield Figure(name=f"{case} coverage", value=own[case].coverage)
    if "eagle" in own:
        yield Figure(name="eagle rms z", value=own["eagle"].rms_z)


def _lih(own: dict[str, Summary]) -> Iterator[Figure]:
    for case in ("lih-5", "lih-7"):
        if case in own:
            yield Figure(name=f"{case} RMSE", value=1e3 * own[case].rmse)
            yield Figure(name=f"{case} coverage", value=own[case].coverage)
            yield Figure(name=f"{case} width", value=1e3 * own[case].width)


def _quantum(cases: list[Summary]) -> Iterator[Figure]:
    if not cases:
        return
    note, coverage = f"{len(cases)} cases", [case.coverage for case in cases]
    nrmse = float(np.exp(np.mean(np.log([case.nrmse for case in cases]))))
    yield Figure(name="quantum NRMSE", value=nrmse, note=note)
    yield Figure(name="quantum coverage", value=float(np.mean(coverage)), note=note)
    worst = min(cases, key=lambda case: case.coverage)
    yield Figure(name="quantum worst", value=worst.coverage, note=worst.case)


def _half_wrong(own: dict[str, Summary], found: Summaries) -> Iterator[Figure]:
    case = "half-wrong"
    if case not in own:
        return
    alone = found.get((case, "references"))
    if alone is not None and alone.runs:
        most = AGAINST * alone.nrmse
        yield Figure(name="half-wrong NRMSE", value=own[case].nrmse, most=most)
    yield Figure(name="half-wrong junk", value=own[case].trust["junk"])


def _literature(own: Summary, found: Summaries) -> Iterator[Figure]:
    others = [found[own.case, name] for name in LIBRARIES if (own.case, name) in found]
    others = [other for other in others if other.runs]
    if not others:
        return
    rmse, nlpd = min(others, key=lambda o: o.rmse), min(others, key=lambda o: o.nlpd)
    away = {other.method: abs(other.coverage - NOMINAL) for other in others}
    closest = min(away, key=lambda method: away[method])
    yield Figure(
        name=f"{own.case} RMSE", value=own.rmse, most=AGAINST * rmse.rmse, note=rmse.method
    )
    yield Figure(name=f"{own.case} NLPD", value=own.nlpd, most=nlpd.nlpd, note=nlpd.method)
    yield Figure(
        name=f"{own.case} coverage",
        value=abs(own.coverage - NOMINAL),
        most=away[closest],
        note=closest,
    )


def _scale(own: dict[str, Summary]) -> Iterator[Figure]:
    for case in ("scale-200", "scale-5000"):
        if case in own:
            yield Figure(name=case, value=own[case].cpu_s)
    page = own["scale-200"].page_ms if "scale-200" in own else None
    if page is not None:
        yield Figure(name="stored page", value=page)
