"""Running what the twin recommends."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from qtwin.accounts.models import User
from qtwin.jobs.services import JobSpec, request_known, request_submit
from qtwin.jobs.services.request import Outcome
from qtwin.projects.models import Project
from qtwin.twins.planned import planned_runs


def recommendation_run(
    *,
    project: Project,
    observable: str,
    plan: Callable[[], dict[str, Any]],
    by: User,
    key: str = "",
    body_sha256: str = "",
    may_spend: bool = True,
) -> tuple[dict[str, Any] | None, list[Outcome]]:
    """Plan, and submit what the plan says; what was submitted under the key before, again.

    Args:
        project: Whose twin.
        observable: What the jobs measure.
        plan: Makes the plan, which may be slow; not called where the key is known.
        by: Who asks.
        key: Idempotency-Key, or empty.
        body_sha256: Of the request.
        may_spend: Whether the caller's token has the right to spend.

    Returns:
        The plan, None where the key was known, and what became of each job.

    Raises:
        RequestConflict: The key was used with another body.
    """
    known = request_known(project=project, key=key, body_sha256=body_sha256)
    if known:
        return None, known
    made = plan()
    sources = {source.name: source for source in project.sources.prefetch_related("revisions")}
    specs = [
        partial(
            JobSpec,
            source=sources[runs.source],
            points=runs.points,
            knobs=runs.knobs,
            observables=[observable],
            shots=runs.shots,
        )
        for runs in planned_runs(made["steps"])
    ]
    return made, request_submit(
        project=project,
        specs=specs,
        by=by,
        key=key,
        body_sha256=body_sha256,
        may_spend=may_spend,
    )
