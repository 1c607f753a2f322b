"""What circuits of known values, which ran beside the points of a job, say of its source."""

from __future__ import annotations

from typing import Any

from backends.mitigation.damping import Damping, Verdict, pooled, read_damping
from qtwin.jobs.models import Job


def job_anchors(job: Job) -> list[dict[str, Any]]:
    """For each observable that they tell of, over all runs of the job.

    Returns:
        ``observable``; ``damping``, ``std_error`` and ``anchors``, null where none tells;
        ``mitigation``: the verdict of most runs that have one, or empty.
    """
    dampings: dict[str, list[Damping]] = {}
    verdicts: dict[str, list[str]] = {}
    said = job.runs.order_by("start").values_list("details__damping", "details__verdicts")
    for factors, judged in said:
        for name in job.observables:
            factor = read_damping(factors.get(name) if isinstance(factors, dict) else None)
            dampings.setdefault(name, []).extend([factor] if factor else [])
            verdict = str(judged.get(name)) if isinstance(judged, dict) else ""
            verdicts.setdefault(name, []).extend([verdict] if verdict in set(Verdict) else [])
    return [
        _row(name, pooled(dampings[name]), verdicts[name])
        for name in dampings
        if dampings[name] or verdicts[name]
    ]


def _row(name: str, factor: Damping | None, said: list[str]) -> dict[str, Any]:
    worse, better = said.count(Verdict.WORSE), said.count(Verdict.BETTER)
    most = "" if not said else Verdict.OPEN.value
    if worse != better:
        most = Verdict.WORSE.value if worse > better else Verdict.BETTER.value
    return {
        "observable": name,
        "damping": factor and factor.value,
        "std_error": factor and factor.std_error,
        "anchors": factor and factor.anchors,
        "mitigation": most,
    }
