"""What circuits of known values, which ran beside measurements, say of their sources.

A run keeps it in its details (`backends.mitigation.damping.summary`). These may come from an
archive, so that they are read like input: what is no number says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backends.mitigation.damping import Damping, Verdict, pooled, read_damping
from qtwin.jobs.models import Measurement, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """What all runs of one source say of one observable.

    Attributes:
        damping: None where no run tells.
        worse: Runs whose anchors mitigation took away from what is known.
        better: Runs whose anchors it took there.
        judged: Runs that tell, these among them.
    """

    damping: Damping | None
    worse: int
    better: int
    judged: int

    @property
    def note(self) -> str:
        """For a person; empty where there is nothing to be warned of."""
        if self.worse <= self.better:
            return ""
        runs = "1 run" if self.judged == 1 else f"{self.judged} runs"
        return f"Mitigation made it worse: by its anchors in {self.worse} of {runs}."


def anchored(measurements: Iterable[Measurement], observable: str) -> dict[str, Anchored]:
    """By the name of the source, those that anchors say anything of; of the runs of these rows."""
    names = {m.run_id: m.source_revision.source.name for m in measurements if m.run_id}
    rows = (
        Run.objects.filter(pk__in=names)
        .order_by("pk")
        .values_list("pk", "details__damping", "details__verdicts")
    )
    found: dict[str, list[tuple[Damping | None, str]]] = {}
    for run, dampings, verdicts in rows:
        told = (read_damping(_of(dampings, observable)), str(_of(verdicts, observable)))
        if told[0] is not None or told[1] in set(Verdict):
            found.setdefault(names[run], []).append(told)
    return {name: _together(told) for name, told in sorted(found.items())}


def _together(told: list[tuple[Damping | None, str]]) -> Anchored:
    said = [verdict for _, verdict in told]
    return Anchored(
        damping=pooled([one for one, _ in told if one is not None]),
        worse=said.count(Verdict.WORSE),
        better=said.count(Verdict.BETTER),
        judged=sum(verdict in set(Verdict) for verdict in said),
    )


def _of(document: Any, observable: str) -> Any:
    return document.get(observable) if isinstance(document, dict) else None
