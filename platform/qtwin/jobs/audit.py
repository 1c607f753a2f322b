"""What must hold in a live database, beyond what its constraints already enforce.

Each audit yields one sentence per broken row. They only read; a job that moves on meanwhile may be
named wrongly, so a finding counts when it is found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import groupby

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Now

from qtwin.jobs.models import Attempt, BillCorrection, Event, Job, Measurement, State, Submission
from qtwin.jobs.states import ACTIVE, MOVES, TERMINAL
from qtwin.projects.models import Artifact, LedgerEntry, Unit
from qtwin.projects.models.artifact import ERASED
from qtwin.projects.selectors import budgets_unbalanced
from qtwin.projects.services import artifact_read
from qtwin.projects.storage import Away, Corrupt

LONGEST_SLEEP = timedelta(days=1)
"""No wait of the platform is as long."""

SETTLED: dict[str, str] = {Unit.MONEY: "settled_cost", Unit.QPU_SECONDS: "settled_qpu"}
"""Where submissions keep what was settled, by unit."""
AT_VENDOR = (State.SUBMITTING, State.SUBMITTED, State.FETCHED)

Audit = Callable[[], Iterator[str]]


def states_agree() -> Iterator[str]:
    """A job is in the state of its open submission, and only then at a vendor."""
    opened = Submission.objects.filter(state__in=Submission.OPEN)
    for row in opened.exclude(job__state=F("state")).select_related("job"):
        yield f"job {row.job_id} is {row.job.state}, its submission {row.token} is {row.state}"
    held = opened.values("job_id")
    for job in Job.objects.filter(state__in=AT_VENDOR).exclude(pk__in=held):
        yield f"job {job.pk} is {job.state} without an open submission"


def events_replay() -> Iterator[str]:
    """Events follow each other by legal moves, under growing fences, to the row's state."""
    moves = Event.objects.filter(kind__in=["job.state", "job.progress"], job__isnull=False)
    rows = moves.order_by("job_id", "id").values_list(
        "job_id", "from_state", "to_state", "fence", "job__state"
    )
    for job_id, events in groupby(rows.iterator(), key=lambda row: row[0]):
        last, fence, state = "", 0, ""
        for _, before, after, at, now in events:
            if before != last or (before and after not in MOVES[State(before)]):
                yield f"job {job_id} has an event {before} to {after} after {last or 'none'}"
            if at < fence:
                yield f"job {job_id} has an event at fence {at} after {fence}"
            last, fence, state = after, at, now
        if last != state:
            yield f"job {job_id} is {state}, its events say {last}"
    for job in Job.objects.annotate(n=Count("events")).filter(n=0):
        yield f"job {job.pk} has no event"


def none_is_lost() -> Iterator[str]:
    """Every job that has not ended is due, leased, or held, within the longest wait."""
    late = Q(next_run_at__gt=Now() + LONGEST_SLEEP) | Q(lease_until__gt=Now() + LONGEST_SLEEP)
    for job in Job.objects.filter(late, state__in=ACTIVE).exclude(state=State.HOLD):
        yield f"job {job.pk} is {job.state} and sleeps until {job.next_run_at:%Y-%m-%d}"


def done_is_measured() -> Iterator[str]:
    """A done job has a number or a reason for each of its points and observables."""
    done = Job.objects.filter(state=State.DONE).annotate(n=Count("measurements"))
    for job in done.iterator():
        expected = job.points_total - job.points_failed - job.points_reused
        if job.n != expected * len(job.observables):
            yield f"job {job.pk} is DONE with {job.n} measurements of {expected} points"
    beyond = Measurement.objects.filter(row__gte=F("job__points_done"))
    for job_id in beyond.values_list("job_id", flat=True).distinct():
        yield f"job {job_id} has measurements beyond its progress"


def attempts_are_closed() -> Iterator[str]:
    for row in Attempt.objects.filter(ended_at=None, job__state__in=TERMINAL):
        yield f"job {row.job_id} has ended, its attempt {row.number} has not"


def ledger_balances() -> Iterator[str]:
    for budget in budgets_unbalanced():
        yield (
            f"budget {budget.pk} has {budget.reserved} reserved and {budget.spent} spent; the "
            "entries of its ledger say otherwise"
        )


def reservations_end_with_their_job() -> Iterator[str]:
    """What a job reserved is given back when it ends, and not before."""
    running = set(Job.objects.filter(state__in=ACTIVE).values_list("pk", flat=True))
    bought = LedgerEntry.objects.exclude(budget__unit=Unit.CPU_SECONDS)  # those are of training
    entries = bought.order_by().values_list("budget_id", "job_id")
    back = set(entries.filter(kind=LedgerEntry.Kind.RELEASE))
    for budget_id, job_id in entries.filter(kind=LedgerEntry.Kind.RESERVE).iterator():
        if ((budget_id, job_id) in back) is (job_id in running):
            says = "has given back" if job_id in running else "has ended and still holds"
            yield f"job {job_id} {says} its reservation of budget {budget_id}"


def settled_is_spent() -> Iterator[str]:
    """What was settled for a job's submissions is what its budgets were charged."""
    entries = LedgerEntry.objects.filter(
        kind=LedgerEntry.Kind.SETTLE, budget__unit__in=SETTLED
    ).select_related("budget")
    for entry in entries.iterator():
        rows, column = Submission.objects.filter(job_id=entry.job_id), SETTLED[entry.budget.unit]
        if rows.filter(**{column: None}, settled_at__isnull=False).exists():
            continue  # from before this unit was settled by submission
        paid = rows.aggregate(paid=Sum(column))["paid"] or 0
        if paid != entry.amount:
            unit = entry.budget.unit
            yield (
                f"job {entry.job_id} was charged {entry.amount} micro-{unit}, its submissions "
                f"used {paid}"
            )


def corrections_are_spent() -> Iterator[str]:
    """Each change of a bill follows the one before, and is on every budget that it belongs to."""
    entries = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.CORRECT)
    left = {(row.budget_id, row.correction): row.amount for row in entries.iterator()}
    rows = BillCorrection.objects.select_related("submission")
    rows = rows.order_by("submission", "unit", "number")
    for _, group in groupby(rows.iterator(), key=lambda row: (row.submission_id, row.unit)):
        last: int | None = None
        for row in group:
            before = getattr(row.submission, SETTLED[row.unit]) if last is None else last
            if row.before != before:
                yield f"the bill of {row.submission.token} changed from {row.before}, not {before}"
            last = row.after
            settled = LedgerEntry.objects.filter(
                job_id=row.submission.job_id, kind=LedgerEntry.Kind.SETTLE, budget__unit=row.unit
            )
            for budget_id in settled.values_list("budget_id", flat=True):
                amount = left.pop((budget_id, row.pk), None)
                if amount != row.after - row.before:
                    yield (
                        f"budget {budget_id} was corrected by {amount}, the bill of "
                        f"{row.submission.token} changed by {row.after - row.before}"
                    )
    for budget_id, correction in left:
        yield f"budget {budget_id} was corrected by {correction}, which no bill says"


def bytes_are_kept() -> Iterator[str]:
    """Every artifact is there and matches its digest; reads them all."""
    for artifact in Artifact.objects.exclude(kind=ERASED).iterator():
        try:
            artifact_read(artifact)
        except (FileNotFoundError, Corrupt, Away) as error:
            yield f"artifact {artifact.pk} ({artifact.kind}): {type(error).__name__}"


AUDITS: tuple[Audit, ...] = (
    states_agree,
    events_replay,
    none_is_lost,
    done_is_measured,
    attempts_are_closed,
    ledger_balances,
    reservations_end_with_their_job,
    settled_is_spent,
    corrections_are_spent,
)


def audit(*, read_bytes: bool = False) -> list[str]:
    """Every finding of every audit.

    Args:
        read_bytes: Read all stored files too.
    """
    audits = (*AUDITS, bytes_are_kept) if read_bytes else AUDITS
    return [finding for one in audits for finding in one()]
