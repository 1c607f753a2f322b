"""Figures of one method on one case, over its seeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.twin.run import Outcome
from tests.benchmarks.twin.scores import Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Medians of errors and widths; means of nlpd, coverage, rms z and CPU seconds.

    Attributes:
        runs: Seeds with scores.
        trust: Mean absolute share of each source.
        page_ms: Of a page's prediction, None where it was not measured.
        remark: Why runs are missing.
    """

    case: str
    method: str
    runs: int
    rmse: float = np.nan
    nrmse: float = np.nan
    nlpd: float = np.nan
    crps: float = np.nan
    coverage: float = np.nan
    width: float = np.nan
    rms_z: float = np.nan
    cpu_s: float = np.nan
    trust: dict[str, float]
    page_ms: float | None = None
    remark: str = ""


Summaries = dict[tuple[str, str], Summary]


def summarise(outcomes: Iterable[Outcome]) -> Summaries:
    """One summary per case and method."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda o: o.seed):
        groups.setdefault((outcome.case, outcome.method), []).append(outcome)
    return {key: _summary(*key, group) for key, group in groups.items()}


def _summary(case: str, method: str, group: list[Outcome]) -> Summary:
    scored = [outcome for outcome in group if outcome.scores is not None]
    scores = [outcome.scores for outcome in scored if outcome.scores is not None]
    missing = [outcome for outcome in group if outcome.scores is None]
    remark = ""
    if missing:
        why = missing[0].absent or missing[0].failure
        remark = f"{'skipped' if missing[0].absent else 'failed'} {len(missing)}: {why}"
    if not scores:
        return Summary(case=case, method=method, runs=0, trust={}, remark=remark)
    pages = [outcome.page_ms for outcome in scored if outcome.page_ms is not None]
    return Summary(
        case=case,
        method=method,
        runs=len(scored),
        **{name: _median(scores, name) for name in ("rmse", "nrmse", "crps", "width")},
        **{name: _mean(scores, name) for name in ("nlpd", "coverage", "rms_z")},
        cpu_s=float(np.mean([outcome.cpu_s for outcome in scored])),
        trust={
            name: float(np.mean([outcome.trust[name] for outcome in scored]))
            for name in scored[0].trust
        },
        page_ms=max(pages) if pages else None,
        remark=remark,
    )


def _median(scores: list[Scores], name: str) -> float:
    return float(np.median([getattr(each, name) for each in scores]))


def _mean(scores: list[Scores], name: str) -> float:
    return float(np.mean([getattr(each, name) for each in scores]))
