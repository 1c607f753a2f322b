"""From what was asked for to a campaign whose rows are all there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from qtwin.accounts.acting import token_by
from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.campaigns import dispatch
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.outline import StepPlan, outline_check
from qtwin.campaigns.services.move import campaign_tell
from qtwin.campaigns.services.step import step_create
from qtwin.campaigns.states import State
from qtwin.jobs.models import JobRequest
from qtwin.projects.models import Project


class CampaignConflict(Exception):
    """The key was used before with another body."""


def campaign_create(
    *,
    project: Project,
    name: str,
    steps: Sequence[StepPlan],
    by: User | None,
    key: str = "",
    body_sha256: str = "",
    may_spend: bool = False,
) -> tuple[Campaign, bool]:
    """Record a campaign with all its entries; a worker makes the jobs.

    Args:
        key: Idempotency-Key, or empty. The same key and body give the same campaign again.
        may_spend: Whether the caller's token has the right to spend; its jobs have no other.

    Returns:
        The campaign, and whether it is new.

    Raises:
        CampaignConflict: If the key was used with another body.
        ProgramRejected: If a step can never run; its field points into the request.
        SpendingRefused: If its first job would spend what it may not.
    """
    try:
        with transaction.atomic():
            known = _known(project, key, body_sha256)
            if known is not None:
                return known, False
            given = {"key": key, "body_sha256": body_sha256, "may_spend": may_spend}
            made = _create(project, name, steps, by, **given)
            return made, True
    except IntegrityError:  # a parallel post of the same request was faster
        known = _known(project, key, body_sha256)
        if known is None:
            raise
        return known, False


def _known(project: Project, key: str, body_sha256: str) -> Campaign | None:
    known = Campaign.objects.filter(project=project, key=key).first() if key else None
    if known is not None and known.body_sha256 != body_sha256:
        raise CampaignConflict(f"Idempotency-Key {key!r} was used with another body")
    return known


def _create(
    project: Project, name: str, plans: Sequence[StepPlan], by: User | None, **given: Any
) -> Campaign:
    outline_check(plans)
    pk = new_id()
    request = JobRequest.objects.create(
        project=project,
        key=f"campaign:{pk}",
        body_sha256=given["body_sha256"],
        created_by=by,
    )
    campaign = Campaign.objects.create(
        id=pk,
        project=project,
        name=name,
        created_by=by,
        token=token_by(by),
        request=request,
        **given,
    )
    sources = {source.name: source for source in project.sources.prefetch_related("revisions")}
    for position, plan in enumerate(plans):
        step_create(campaign, position, plan, sources)
    campaign_tell(campaign, State.RUNNING)
    audit_record(
        action="campaign.create", user=by, team=project.team, target=f"campaign:{campaign.pk}"
    )
    transaction.on_commit(partial(dispatch.hint, campaign.pk))
    return campaign
