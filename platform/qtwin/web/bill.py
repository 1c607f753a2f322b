"""What a job may cost, what it has cost, and the tasks that a vendor has of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qtwin.jobs.models import Job, Submission
from qtwin.projects.models import Unit
from qtwin.projects.refusal import MICRO, amount_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Amounts are ready to print, and empty where there is none."""

    most: str
    prices: str
    charged: str
    tasks: Sequence[Submission]


def bill(job: Job) -> Bill:
    """Of a job on this machine, all is empty."""
    tasks = list(job.submissions.exclude(state=Submission.State.VOID))
    return Bill(
        most=", ".join(_most(job)),
        prices=job.prices if job.estimated_cost else "",
        charged=", ".join(_charged(job, tasks)),
        tasks=tasks,
    )


def _charged(job: Job, tasks: Sequence[Submission]) -> list[str]:
    """Of what was reserved, what the tasks that have ended used."""
    settled = [task for task in tasks if task.settled_at is not None]
    used = {
        Unit.MONEY: (job.estimated_cost, [task.cost for task in settled]),
        Unit.QPU_SECONDS: (job.estimated_qpu_seconds, [task.qpu for task in settled]),
    }
    return [
        amount_text(sum(amount or 0 for amount in amounts), unit)
        for unit, (most, amounts) in used.items()
        if most and any(amount is not None for amount in amounts)
    ]


def _most(job: Job) -> list[str]:
    amounts = {
        Unit.MONEY: job.estimated_cost,
        Unit.QPU_SECONDS: math.ceil(job.estimated_qpu_seconds * MICRO),
        Unit.SHOTS: job.estimated_shots * MICRO,
    }
    return [amount_text(micro, unit) for unit, micro in amounts.items() if micro]
