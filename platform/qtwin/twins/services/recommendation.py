"""One run that the twin recommends: worked out once per fit, and accepted once per turn."""

from __future__ import annotations

import hashlib
import json

from backends.errors import BackendError
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.jobs.services import request_known, request_submit
from qtwin.jobs.services.request import Outcome
from qtwin.projects.models import Project
from qtwin.twins.evidence import NoEvidence
from qtwin.twins.models import Recommendation
from qtwin.twins.planning import PlanRefused, twin_plan
from qtwin.twins.recommendations import (
    RecommendationStale,
    choice_spec,
    offer_digest,
    recommendation_check,
    recommendation_known,
    recommendation_requests,
    request_key,
)
from qtwin.twins.selectors import twin_fit

ONE_RUN = {"budget": None, "target": None, "batch": 1, "aim": "curve"}


def recommendation_make(project: Project, observable: str) -> Recommendation:
    """What the latest fit recommends; slow the first time, so that no page does it on its way.

    Raises:
        NoTwin: If there is no fit of the observable.
        PredictorFailed: If it cannot be asked.
    """
    known = recommendation_known(project, observable)
    if known is not None:
        return known
    fit, offer = twin_fit(project, observable), offer_digest(project)
    plan, refusal = None, ""
    asked = {"prices": None, "goal": ONE_RUN, "points": None}
    try:
        plan = twin_plan(project, observable, asked, version=fit.version.number)
    except (PlanRefused, NoEvidence) as error:
        refusal = str(error)
    made, _ = Recommendation.objects.get_or_create(
        fit=fit, offer=offer, defaults={"plan": plan, "refusal": refusal}
    )
    return made


def recommendation_accept(
    *,
    project: Project,
    recommendation: Recommendation,
    choice: int,
    turn: int,
    by: User,
    may_spend: bool = True,
) -> Job:
    """Submit one of its choices; the same turn again gives the same job.

    Args:
        project: Of the recommendation.
        recommendation: As it was shown.
        choice: Index of the choice, 0 for the recommended one.
        turn: How often it had been accepted when it was shown.
        by: Who accepts.
        may_spend: Whether the caller's token has the right to spend.

    Raises:
        RecommendationStale: If it no longer holds, or there is no such choice or turn.
        RequestConflict: If another choice was accepted in the same turn.
        BackendError: If the job is refused, among others with `SpendingRefused`.
        LookupError: If its source is gone.
    """
    choices = (recommendation.plan or {}).get("choices", [])
    if not 0 <= choice < len(choices):
        raise RecommendationStale("There is no such run to choose. Nothing was submitted.")
    key = request_key(recommendation, turn)
    digest = hashlib.sha256(json.dumps(choices[choice], sort_keys=True).encode()).hexdigest()
    known = request_known(project=project, key=key, body_sha256=digest)
    if known:
        return _job(known[0])
    recommendation_check(project, recommendation)
    if turn > len(recommendation_requests(recommendation)):
        raise RecommendationStale("Look at the recommendation again. Nothing was submitted.")
    (outcome,) = request_submit(
        project=project,
        specs=[lambda: choice_spec(recommendation, choices[choice], project)],
        by=by,
        key=key,
        body_sha256=digest,
        may_spend=may_spend,
    )
    return _job(outcome)


def _job(outcome: Outcome) -> Job:
    if outcome.job is None:
        raise outcome.error or BackendError("refused")
    return outcome.job
