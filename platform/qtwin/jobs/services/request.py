"""One POST, one or many jobs, exactly once per Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from backends.errors import BackendError
from qtwin.accounts.models import User
from qtwin.jobs.models import Job, JobRequest
from qtwin.jobs.services.plan import JobSpec
from qtwin.jobs.services.submit import job_submit
from qtwin.projects.models import Project


class RequestConflict(Exception):
    """The key was used before with another body."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item of a request: a job, or the error that refused it."""

    job: Job | None
    existing: bool = False
    error: Exception | None = None


def request_submit(
    *,
    project: Project,
    specs: Sequence[Callable[[], JobSpec]],
    by: User | None,
    key: str = "",
    body_sha256: str = "",
    may_spend: bool = True,
) -> list[Outcome]:
    """Submit the items of one request; the same key and body give the same jobs again.

    Args:
        specs: Builds each item's specification; may raise what refuses that item.
        key: Idempotency-Key, or empty.
        may_spend: Whether the caller's token has the right to spend.

    Raises:
        RequestConflict: If the key was used with another body.
    """
    who: dict[str, Any] = {"project": project, "by": by, "may_spend": may_spend}
    if not key:
        return [_submit(spec, **who, request=None, index=index) for index, spec in enumerate(specs)]
    request, new = _request(project, key, body_sha256, by)
    if request.body_sha256 != body_sha256:
        raise RequestConflict(f"Idempotency-Key {key!r} was used with another body")
    known = {} if new else {job.request_index: job for job in request.jobs.all()}
    return [
        Outcome(known[index], existing=True)
        if index in known
        else _submit(spec, **who, request=request, index=index)
        for index, spec in enumerate(specs)
    ]


def request_known(*, project: Project, key: str, body_sha256: str) -> list[Outcome]:
    """The jobs that were submitted under a key before; none where it is new.

    Raises:
        RequestConflict: If the key was used with another body.
    """
    request = JobRequest.objects.filter(project=project, key=key).first() if key else None
    if request is None:
        return []
    if request.body_sha256 != body_sha256:
        raise RequestConflict(f"Idempotency-Key {key!r} was used with another body")
    return [Outcome(job, existing=True) for job in request.jobs.order_by("request_index")]


def _request(
    project: Project, key: str, body_sha256: str, by: User | None
) -> tuple[JobRequest, bool]:
    return JobRequest.objects.get_or_create(
        project=project, key=key, defaults={"body_sha256": body_sha256, "created_by": by}
    )


def _submit(
    spec: Callable[[], JobSpec],
    *,
    project: Project,
    by: User | None,
    request: JobRequest | None,
    index: int,
    may_spend: bool,
) -> Outcome:
    try:
        with transaction.atomic():
            return Outcome(
                job_submit(
                    project=project,
                    spec=spec(),
                    by=by,
                    request=request,
                    index=index,
                    may_spend=may_spend,
                )
            )
    except IntegrityError:  # a parallel post of the same request was faster
        if request is None:
            raise
        return Outcome(Job.objects.get(request=request, request_index=index), existing=True)
    except (BackendError, LookupError) as error:
        return Outcome(None, error=error)
