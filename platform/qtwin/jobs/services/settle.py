"""The end of what a submission promised: what it cost, once.

Where the vendor's bill may change later, `qtwin.jobs.services.bill` looks at it again.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from qtwin.jobs.models import Submission
from qtwin.jobs.services.backoff import first_look_s
from qtwin.jobs.services.move import AFTER, LeaseLost
from qtwin.prepared import change_row
from qtwin.projects.refusal import MICRO


def settle(submission: Submission, state: Submission.State, *, actual: int, qpu: int) -> None:
    """End a submission and record what it cost, in the transaction of its job's move.

    Args:
        state: DONE, FAILED, CANCELLED or VOID.
        actual: Micro-USD that the vendor charges.
        qpu: Microseconds of a QPU that it used.

    Raises:
        LeaseLost: If it is settled already. The caller's transaction must not commit then.
    """
    known = {"state": submission.state, "settled_at": None}
    fields: dict[str, Any] = {
        "state": state.value,
        "settled_cost": actual,
        "settled_qpu": qpu,
        "settled_at": Now(),
    }
    wait = timedelta(seconds=first_look_s(submission.bill_lag_s))
    if submission.bill_lag_s and submission.estimated_cost and submission.remote_id is not None:
        fields["bill_due_at"] = AFTER
    if not change_row(submission, where=known, fields=fields, wait=wait):
        raise LeaseLost(f"submission {submission.pk} is settled")


def micro_seconds(seconds: float | None) -> int | None:
    """As amounts are kept, never rounded down by more than an error of floats."""
    return None if seconds is None else math.ceil(round(seconds * MICRO, 3))
