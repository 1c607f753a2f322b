"""The end of what a submission promised: what it cost, once."""

from __future__ import annotations

from django.db.models.functions import Now

from qtwin.jobs.models import Submission
from qtwin.jobs.services.move import LeaseLost


def settle(submission: Submission, state: Submission.State, *, actual: int) -> None:
    """End a submission and record what it cost, in the transaction of its job's move.

    Args:
        state: DONE, FAILED, CANCELLED or VOID.
        actual: Micro-USD that the vendor charges.

    Raises:
        LeaseLost: If it is settled already. The caller's transaction must not commit then.
    """
    ended = Submission.objects.filter(pk=submission.pk, state=submission.state, settled_at=None)
    if not ended.update(state=state, settled_cost=actual, settled_at=Now()):
        raise LeaseLost(f"submission {submission.pk} is settled")
    submission.refresh_from_db()
