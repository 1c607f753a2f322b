"""Why a job is not done yet, in a sentence, with an estimate. Never empty until it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypedDict
from uuid import UUID

from django.db.models import F, FloatField, Q, Sum
from django.db.models.functions import Cast

from qtwin.jobs.models import Job, State, Submission
from qtwin.jobs.models.job import APPROVAL, UNREAD
from qtwin.jobs.selectors import active, approval_words, submission_open
from qtwin.jobs.sharing import job_waits_for
from qtwin.jobs.switches import Off, switched_off

ADVICE = {
    "blocked_credential": "Store a credential that the vendor accepts; it then goes on by itself.",
    "unknown_status": "Report it: the adapter does not know the vendor's word.",
    "backend_stopped": "An owner or admin of the team, or who runs the server, starts it again.",
    "paid_sources_off": "An owner turns paid sources on again, or somebody cancels the job.",
    "no_backend": "Install the backend's plug-in where workers run, or cancel the job.",
    "store_away": "Nothing: once the store of results answers again, the step is taken once more.",
    "several_found": "Cancel all but one at the vendor, then release the job.",
    "outcome_unknown": "Look at the vendor; then release the job to submit it anew, or cancel it.",
    "refused_later": "Look at the vendor; then release the job to submit it anew, or cancel it.",
    UNREAD: "Release it to read the kept result once more; cancelled, it is charged all the same.",
    "poison": "Look at the vendor; then release the job to submit it anew, or cancel it.",
}
HELD = "Release it, or cancel it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Why a job waits.

    Attributes:
        code: For programs.
        sentence: For people.
        next_step: What a person can do about it; empty for nothing.
        estimate: How long it will take, in words; empty once it has ended.
        until: The estimate as a time, where there is one.
    """

    code: str
    sentence: str
    next_step: str = ""
    estimate: str = ""
    until: datetime | None = None


class Timing(TypedDict):
    """The last two of a `Waiting`."""

    estimate: str
    until: datetime | None


def job_waiting(job: Job, *, backlog: bool = False) -> Waiting:
    """Why the job waits now.

    Args:
        backlog: Count the work that is due before it too, at the price of a query.
    """
    if job.is_terminal:
        return Waiting(code=job.reason_code, sentence=job.reason)
    if job.state == State.HOLD:
        return _held(job)
    submission = None if job.state in {State.QUEUED, State.RUNNING} else _submission(job)
    return _here(job, backlog) if submission is None else _at_vendor(job, submission)


def _here(job: Job, backlog: bool) -> Waiting:
    """No vendor has it."""
    if job.cancel_requested_at is not None:
        return Waiting(
            code="cancelling",
            sentence="A cancellation was asked for; its worker is stopping it.",
            **_in(1.0),
        )
    at_work = bool(job.lease_owner) and job.lease_until > datetime.now(UTC)
    off = switched_off(job) if job.state == State.QUEUED and not at_work else None
    if off is not None:
        return _turned_off(off)
    same = None if at_work else job_waits_for(job)
    if same is not None:
        return _same(same, backlog)
    if job.lease_owner:
        return _working(job)
    if job.next_run_at > datetime.now(UTC):
        return _resting(job)
    return Waiting(
        code="waiting_for_worker",
        sentence="It is due and waits for a free worker.",
        next_step="If this lasts, check that a worker is running.",
        **_work(job, backlog_s(job) if backlog else 0.0),
    )


def _submission(job: Job) -> Submission | None:
    """The open one, which lists of jobs have read already."""
    known: list[Submission] | None = getattr(job, "open_submissions", None)
    return submission_open(job) if known is None else next(iter(known), None)


def _held(job: Job) -> Waiting:
    if job.release_requested_at is not None or job.cancel_requested_at is not None:
        kept = job.reason_code == UNREAD
        doing = (
            "A worker takes it up." if kept else "The vendor is asked once more whether it has it."
        )
        return Waiting(
            code=job.reason_code,
            sentence=f"{doing} {job.reason}".strip(),
            next_step=ADVICE[job.reason_code] if job.reason_code == "several_found" else "",
            **_in(_left_s(job)),
        )
    if job.reason_code == APPROVAL:
        return Waiting(
            code=job.reason_code,
            sentence=job.reason,
            next_step=f"An approver who did not submit it, unless there is no other, types "
            f"{approval_words(job)!r}, or somebody cancels it.",
            estimate="Until an approver agrees, or somebody cancels it.",
        )
    return Waiting(
        code=job.reason_code,
        sentence=job.reason,
        next_step=ADVICE.get(job.reason_code, HELD),
        estimate="Until somebody releases or cancels it.",
    )


def _turned_off(off: Off) -> Waiting:
    return Waiting(
        code=off.code, sentence=off.sentence, next_step=ADVICE[off.code], estimate=off.until
    )


def _same(other: UUID, backlog: bool) -> Waiting:
    """Lists do not ask how long the other one takes."""
    timing = Timing(estimate=f"Until job {other} has ended.", until=None)
    if backlog:
        first = job_waiting(Job.objects.get(pk=other), backlog=True)
        timing = Timing(estimate=first.estimate, until=first.until)
    return Waiting(
        code="same_running",
        sentence=f"The same computation is under way as job {other}; this job takes its numbers.",
        next_step="Nothing; submitted with force, it would compute them itself.",
        **timing,
    )


def _at_vendor(job: Job, submission: Submission) -> Waiting:
    vendor, advice = submission.vendor, ADVICE.get(job.reason_code, "")
    if job.state == State.SUBMITTING:
        code = job.reason_code or "submitting"
        why = f" {job.reason}" if job.reason else ""
        sentence = f"It is being submitted to {vendor}; whether it arrived is not known yet.{why}"
    elif job.state == State.FETCHED:
        code, sentence = "reading", f"{vendor}'s result is being read."
    elif job.cancel_requested_at is not None:
        code, sentence = "cancelling", f"{vendor} is asked to cancel it; it may still finish."
    elif job.reason_code:
        code, sentence = job.reason_code, job.reason
    else:
        said = f" ({submission.remote_status})" if submission.remote_status else ""
        code, sentence = "at_vendor", f"{vendor} has it{said}; it is asked again and again."
    if submission.eta is not None and submission.eta > datetime.now(UTC):
        until = submission.eta
        words = f"{vendor} expects {_words((until - datetime.now(UTC)).total_seconds())}."
        timing = Timing(estimate=words, until=until)
    else:
        timing = _in(_left_s(job), f"{vendor} gives no estimate; next asked in")
    return Waiting(code=code, sentence=sentence, next_step=advice, **timing)


def _working(job: Job) -> Waiting:
    if job.lease_until > datetime.now(UTC):
        return Waiting(
            code="working", sentence=f"{job.lease_owner} is working on it.", **_work(job, 0.0)
        )
    return Waiting(
        code="worker_lost",
        sentence="Its worker stopped answering; another one takes it over.",
        next_step="Nothing: finished points are kept.",
        **_work(job, 0.0),
    )


def _resting(job: Job) -> Waiting:
    seconds = _left_s(job)
    return Waiting(
        code=job.reason_code or "resting",
        sentence=f"{job.reason} Next try in {_words(seconds)}.".strip(),
        next_step=ADVICE.get(job.reason_code, ""),
        **_in(seconds, "Next try in"),
    )


def backlog_s(job: Job) -> float:
    """Seconds of work of other jobs that are due, shared by the workers that are at work now."""
    others = active(Job.objects.exclude(pk=job.pk)).filter(
        state__in=[State.QUEUED, State.RUNNING], next_run_at__lte=datetime.now(UTC)
    )
    left = Cast(F("points_total") - F("points_done"), FloatField()) / F("points_total")
    total = others.aggregate(seconds=Sum(F("estimated_seconds") * left))["seconds"] or 0.0
    workers = others.filter(~Q(lease_owner=""), lease_until__gt=datetime.now(UTC)).count()
    return float(total) / max(1, workers)


def _work(job: Job, before_s: float) -> Timing:
    left = (job.points_total - job.points_done) / job.points_total
    return _in(before_s + job.estimated_seconds * left, "Done in")


def _left_s(job: Job) -> float:
    return max(0.0, (job.next_run_at - datetime.now(UTC)).total_seconds())


def _in(seconds: float, words: str = "Done in") -> Timing:
    seconds = max(1.0, seconds)
    return Timing(
        estimate=f"{words} {_words(seconds)}.",
        until=datetime.now(UTC) + timedelta(seconds=seconds),
    )


def _words(seconds: float) -> str:
    """About how long, in the largest unit of which it is two or more."""
    for size, unit in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"about {seconds / size:.0f} {unit}"
    return f"about {max(1.0, seconds):.0f} s"
