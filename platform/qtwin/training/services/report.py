"""Transfer reports: asked for, and made stage by stage by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from qtwin.accounts.acting import token_by
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.training import dispatch
from qtwin.training.limits import MOST_OPEN
from qtwin.training.models import Policy, TransferReport
from qtwin.training.services.lease import work_tell
from qtwin.training.services.world import NotReady, TooMany
from qtwin.training.states import OPEN, State


@transaction.atomic
def report_create(
    *, policy: Policy, asked: Mapping[str, Any], by: User | None, may_spend: bool = False
) -> TransferReport:
    """Record a report; a worker makes its stages.

    Args:
        asked: Stages and their settings, as they were checked.
        may_spend: Whether the caller's token has the right to spend; its job has no other.

    Raises:
        NotReady: The world was refused.
        TooMany: Others of the team have not ended.
    """
    world = policy.world
    if world.state in {State.FAILED, State.CANCELLED}:
        raise NotReady(f"the world is {world.state}: {world.reason}")
    under_way = TransferReport.objects.filter(
        world__project__team=world.project.team, state__in=OPEN
    ).count()
    if under_way >= MOST_OPEN:
        raise TooMany(f"{under_way} reports of the team have not ended; allowed: {MOST_OPEN}")
    report = TransferReport.objects.create(
        policy=policy,
        world=world,
        asked=dict(asked),
        may_spend=may_spend,
        created_by=by,
        token=token_by(by),
    )
    work_tell(report, "state", State.QUEUED)
    audit_record(
        action="report.create", user=by, team=world.project.team, target=f"report:{report.pk}"
    )
    transaction.on_commit(partial(dispatch.hint, report))
    return report
