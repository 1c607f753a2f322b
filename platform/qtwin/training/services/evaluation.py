"""Evaluations: an episode of a policy, asked for at once, played by a worker, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from qtwin.accounts.acting import token_by
from qtwin.accounts.models import User
from qtwin.rest.once import body_digest
from qtwin.training import dispatch
from qtwin.training.limits import MOST_OPEN
from qtwin.training.models import Evaluation, Policy
from qtwin.training.services.lease import work_tell
from qtwin.training.services.world import TooMany
from qtwin.training.states import OPEN, State


@transaction.atomic
def evaluation_ask(
    *, policy: Policy, asked: Mapping[str, Any], by: User | None
) -> tuple[Evaluation, bool]:
    """The evaluation of a policy, which may still be open, and whether it is new.

    Args:
        asked: ``truth``, ``draw``, ``seed`` and ``episodes``, as they were checked.

    Raises:
        TooMany: It is not known, and too many others of the team wait.
    """
    digest = body_digest(dict(asked))
    known = Evaluation.objects.filter(policy=policy, digest=digest)
    row = known.exclude(state__in=[State.FAILED, State.CANCELLED]).first()
    if row is not None:
        return row, False
    known.delete()
    team = policy.world.project.team
    waiting = Evaluation.objects.filter(policy__world__project__team=team, state__in=OPEN)
    if waiting.count() >= MOST_OPEN:
        raise TooMany(f"{MOST_OPEN} evaluations of the team wait; look again in a moment")
    row, made = Evaluation.objects.get_or_create(
        policy=policy,
        digest=digest,
        defaults={"asked": dict(asked), "created_by": by, "token": token_by(by)},
    )
    if made:
        work_tell(row, "state", State.QUEUED)
        transaction.on_commit(partial(dispatch.hint, row))
    return row, made
