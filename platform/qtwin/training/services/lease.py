"""Who may work on what is due, and how it ends: on the database's clock, under a fence.

A worker that dies leaves a lease that runs out; the next one has another fence, and what the first
might still write is dropped.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Now

from qtwin.accounts.acting import acting
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.jobs.models import Event
from qtwin.jobs.models.job import NEVER
from qtwin.training import dispatch
from qtwin.training.models import (
    Classifier,
    Evaluation,
    Loop,
    TrainingRun,
    TransferReport,
    Work,
    World,
)
from qtwin.training.services.spending import run_settle
from qtwin.training.states import OPEN, TERMINAL, State

W = TypeVar("W", bound=Work)
EVENTS: dict[type[Work], str] = {
    World: "world",
    TrainingRun: "training",
    Evaluation: "evaluation",
    TransferReport: "report",
    Classifier: "classifier",
    Loop: "loop",
}
"""First words of the kinds of their events."""


class WorkLost(Exception):
    """Somebody else holds it now, or it has ended; drop what you have."""


def work_claim(rows: Any, work_id: UUID | str, *, owner: str, lease_s: float) -> Any:
    """Take what is due: one UPDATE. None when it is not to be had.

    Args:
        rows: A queryset of one table, with what is to be read along.
    """
    due = rows.model.objects.filter(
        pk=work_id, state__in=OPEN, lease_until__lt=Now(), next_run_at__lte=Now()
    )
    if not due.update(
        state=Case(When(state=State.QUEUED, then=Value(State.RUNNING)), default=F("state")),
        fence=F("fence") + 1,
        crashes=F("crashes") + 1,
        lease_owner=owner,
        lease_until=Now() + timedelta(seconds=lease_s),
        started_at=Coalesce("started_at", Now()),
    ):
        return None
    work = rows.filter(pk=work_id, lease_owner=owner).first()
    if work is None:
        return None
    if work.created_by is not None:
        acting(work.created_by, work.token)
    if work.state == State.RUNNING:
        work_tell(work, "state", State.RUNNING)
    return work


def work_renew(work: Work, *, lease_s: float) -> bool:
    """Keep the lease; False when it was lost or given back."""
    return bool(_held(work).update(lease_until=Now() + timedelta(seconds=lease_s)))


def work_wants_cancel(work: Work) -> bool:
    """Whether somebody asked for its end.

    Raises:
        WorkLost: Somebody else has it.
    """
    asked = _held(work).values_list("cancel_requested_at", flat=True).first()
    if asked is None and not _held(work).exists():
        raise WorkLost(f"{work.pk} at fence {work.fence}")
    return asked is not None


def work_keep(work: Work, **fields: Any) -> None:
    """Write columns of what is held; without any only see, and lock, that it is.

    Raises:
        WorkLost: If it is not held any more; nothing was written.
    """
    if not _held(work).update(**(fields or {"fence": work.fence})):
        raise WorkLost(f"{work.pk} at fence {work.fence}")


@transaction.atomic
def work_rest(work: Work, *, wait_s: float, state: State, **fields: Any) -> None:
    """Give the lease back, and be due again later.

    Raises:
        WorkLost: If it is not held any more; nothing was written.
    """
    before = State(work.state)
    work_keep(
        work,
        state=state,
        crashes=0,
        next_run_at=Now() + timedelta(seconds=wait_s),
        lease_until=NEVER,
        lease_owner="",
        **fields,
    )
    if state != before:
        work_tell(work, "state", state)


@transaction.atomic
def work_end(work: Work, to: State, **fields: Any) -> None:
    """Bring it to its end, with what belongs to that in one transaction.

    Raises:
        WorkLost: If it is not held any more. The caller's transaction must not commit then.
    """
    if to not in TERMINAL:
        raise ValueError(f"{to} is no end; allowed: {', '.join(TERMINAL)}")
    work_keep(
        work, state=to, finished_at=Now(), lease_until=NEVER, lease_owner="", crashes=0, **fields
    )
    work_tell(work, "state", to)
    work.refresh_from_db()
    _settle(work)


@transaction.atomic
def work_cancel(*, work: Work, by: User | None) -> bool:
    """Ask for its end: at once when nobody has it, else its worker ends it. False if it has ended.

    Doing it again changes nothing.
    """
    rows = type(work)._base_manager.filter(pk=work.pk, state__in=OPEN)
    free = rows.filter(lease_until__lt=Now(), state__in=[State.QUEUED, State.RUNNING])
    ended = free.update(
        state=State.CANCELLED,
        fence=F("fence") + 1,
        cancel_requested_at=Coalesce("cancel_requested_at", Now()),
        finished_at=Now(),
        lease_owner="",
        reason="It was cancelled.",
    )
    asked = rows.filter(cancel_requested_at=None).update(
        cancel_requested_at=Now(), next_run_at=Now()
    )
    work.refresh_from_db()
    if ended:
        work_tell(work, "state", State.CANCELLED)
        _settle(work)
    if ended or asked:
        audit_record(
            action=f"{EVENTS[type(work)]}.cancel",
            user=by,
            team=work.place.team,
            target=f"{EVENTS[type(work)]}:{work.pk}",
        )
        transaction.on_commit(partial(dispatch.hint, work))
    return bool(ended or asked)


def work_tell(work: Work, what: str, to: State | None = None, **data: Any) -> None:
    """Append an event; ``what`` is ``state`` or ``progress``."""
    Event.objects.create(
        project_id=work.place.pk,
        kind=f"{EVENTS[type(work)]}.{what}",
        fence=work.fence,
        to_state=to.value if to is not None else "",
        data={"id": str(work.pk), **({"state": to.value} if to is not None else {}), **data},
    )


def _settle(work: Work) -> None:
    if isinstance(work, TrainingRun):
        run_settle(work)


def _held(work: Work) -> Any:
    return type(work)._base_manager.filter(pk=work.pk, fence=work.fence, state__in=OPEN)
