"""What came of a run: our books beside the vendor's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import F, Sum

from qtwin.jobs.audit import audit
from qtwin.jobs.models import BillCorrection, Event, Job, Measurement, State, Submission
from qtwin.jobs.states import MOVES, TERMINAL
from qtwin.projects.models import Budget, Unit
from tests.faults.vendor.start import Started

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Counts; see `problems`.

    Attributes:
        lost: Jobs that are neither done nor, where that is allowed, held.
        duplicates: Tasks that the vendor sold beyond one per part of a job.
        spent: What settlements and later bills say, in micro-USD; what the budgets say too, once
            nothing is held.
        corrected: How many bills changed after their job had ended.
        charged: The vendor's bill, without tasks that wait for a person.
        illegal: Events that do not continue the one before, or make no allowed move.
        unmeasured: Points that were not measured exactly once, of jobs that are done.
        broken: What the audit of a live database finds, and why jobs failed.
    """

    jobs: int
    states: dict[str, int]
    lost: int
    duplicates: int
    spent: int
    corrected: int
    charged: int
    illegal: int
    unmeasured: int
    broken: tuple[str, ...]

    def problems(self) -> list[str]:
        """What must not be, in words; empty for a good run."""
        wrong = {
            "lost": self.lost,
            "duplicate submissions": self.duplicates,
            "illegal transitions": self.illegal,
            "points not measured once": self.unmeasured,
        }
        found = [f"{what} {count}" for what, count in wrong.items() if count]
        if self.spent != self.charged:
            found.append(f"spent {self.spent}, vendor bill {self.charged}")
        return [*found, *self.broken[:SHOWN]]


def judge(vendor: Started, *, may_hold: bool) -> Verdict:
    """Read both books."""
    states = Counter(Job.objects.values_list("state", flat=True))
    fine = states[State.DONE] + (states[State.HOLD] if may_hold else 0)
    held = {str(token) for token in _tokens_held()} if may_hold else set()
    spent = Submission.objects.aggregate(total=Sum("settled_cost"))["total"] or 0
    changes = BillCorrection.objects.filter(unit=Unit.MONEY)
    change = changes.aggregate(total=Sum(F("after") - F("before")))["total"] or 0
    spent += change
    ledger = Budget.objects.filter(unit=Unit.MONEY).aggregate(total=Sum("spent"))["total"]
    broken = audit(read_bytes=True)
    broken += [f"job {job.pk} failed: {job.reason}" for job in Job.objects.filter(state="FAILED")]
    if not states[State.HOLD] and ledger != spent:
        broken.append(f"settlements {spent}, budgets {ledger}")
    return Verdict(
        jobs=sum(states.values()),
        states=dict(states),
        lost=sum(states.values()) - fine,
        duplicates=vendor.twice,
        spent=spent,
        corrected=BillCorrection.objects.count(),
        charged=sum(int(str(t["cost"])) for t in vendor.tasks if t["tag"] not in held),
        illegal=sum(_illegal(job) for job in Job.objects.all()),
        unmeasured=sum(_unmeasured(job) for job in Job.objects.filter(state=State.DONE)),
        broken=tuple(broken),
    )


def _tokens_held() -> list[str]:
    """Submissions that wait for a person: not settled, whether bought or not."""
    return list(
        Submission.objects.filter(state=Submission.State.HOLD).values_list("token", flat=True)
    )


def _illegal(job: Job) -> int:
    """Replay the job's events; the end must be the row."""
    wrong, at = 0, ""
    for event in Event.objects.filter(job=job).exclude(to_state="").order_by("id"):
        allowed = event.from_state == "" or event.to_state in MOVES[State(event.from_state)]
        wrong += event.from_state != at or not allowed
        at = event.to_state
    after_end = at in TERMINAL and job.state != at
    return wrong + (after_end or at != job.state)


def _unmeasured(job: Job) -> int:
    seen = Counter(Measurement.objects.filter(job=job).values_list("row", flat=True))
    return sum(seen[row] != 1 for row in range(job.points_total))
