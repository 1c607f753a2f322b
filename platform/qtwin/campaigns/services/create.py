"""From what was asked for to a campaign whose rows are all there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import IntegrityError, transaction

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
) -> tuple[Campaign, bool]:
    """Record a campaign with all its entries; a worker makes the jobs.

    Args:
        key: Idempotency-Key, or empty. The same key and body give the same campaign again.

    Returns:
        The campaign, and whether it is new.

    Raises:
        CampaignConflict: If the key was used with another body.
        ProgramRejected: If a step can never run; its field points into the request.
    """
    try:
        with transaction.atomic():
            known = _known(project, key, body_sha256)
            if known is not None:
                return known, False
            made = _create(project, name, steps, by=by, key=key, body_sha256=body_sha256)
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
    project: Project,
    name: str,
    plans: Sequence[StepPlan],
    *,
    by: User | None,
    key: str,
    body_sha256: str,
) -> Campaign:
    outline_check(plans)
    pk = new_id()
    request = JobRequest.objects.create(
        project=project, key=f"campaign:{pk}", body_sha256=body_sha256, created_by=by
    )
    campaign = Campaign.objects.create(
        id=pk,
        project=project,
        name=name,
        created_by=by,
        key=key,
        body_sha256=body_sha256,
        request=request,
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
