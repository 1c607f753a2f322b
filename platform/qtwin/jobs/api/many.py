"""One action on many jobs: each goes its own way, and the answer says which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import BackendError
from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope
from qtwin.jobs.api.actions import checked
from qtwin.jobs.api.refusal import refusal
from qtwin.jobs.api.rows import JobRow
from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_writable_by
from qtwin.jobs.services import NotPossible, job_cancel, job_retry
from qtwin.rest.problem import Conflict, problem_of
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView

MOST = 200


class IdsInput(StrictSerializer):
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)


class ActedOn(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="As it was sent.")
    status = serializers.IntegerField(help_text="That a request for this one alone would get.")
    job = JobRow(allow_null=True)
    problem = serializers.DictField(allow_null=True, help_text="Why nothing was done to it.")


class ActOnMany(APIView):
    """``POST {"ids": [...]}``; an id that is sent twice is answered twice, and acted on once."""

    paged = False

    def each(self, request: Request, act: Callable[[Job], Job]) -> Response:
        user: Any = request.user
        ids: list[UUID] = checked(IdsInput, request)["ids"]
        jobs = jobs_writable_by(user).in_bulk(ids)
        done = {pk: _outcome(request, jobs.get(pk), act) for pk in dict.fromkeys(ids)}
        failed = any(one["problem"] for one in done.values())
        return Response(
            {"results": [{"id": str(pk), **done[pk]} for pk in ids]},
            status=status.HTTP_207_MULTI_STATUS if failed else status.HTTP_202_ACCEPTED,
        )


class JobsCancelView(ActOnMany):
    @extend_schema(
        request=IdsInput,
        responses={202: ActedOn(many=True), 207: ActedOn(many=True)},
        operation_id="jobs_cancel_many",
    )
    def post(self, request: Request) -> Response:
        """Cancel up to 200 jobs."""
        user: Any = request.user
        return self.each(request, lambda job: job_cancel(job=job, by=user))


class JobsRetryView(ActOnMany):
    @extend_schema(
        request=IdsInput,
        responses={202: ActedOn(many=True), 207: ActedOn(many=True)},
        operation_id="jobs_retry_many",
    )
    def post(self, request: Request) -> Response:
        """Retry up to 200 jobs; ``job`` is the new one, and the same if asked again."""
        user: Any = request.user
        may_spend = has_scope(request, Scope.SPEND)
        return self.each(request, lambda job: job_retry(job=job, by=user, may_spend=may_spend))


def _outcome(request: Request, job: Job | None, act: Callable[[Job], Job]) -> dict[str, Any]:
    try:
        if job is None:
            raise exceptions.NotFound
        try:
            row = JobRow(act(job)).data
        except NotPossible as error:
            raise Conflict("", str(error)) from error
        except BackendError as error:
            raise refusal(error) from error
    except exceptions.APIException as error:
        problem = problem_of(error, request.path)
        return {"status": error.status_code, "job": None, "problem": problem}
    return {"status": status.HTTP_202_ACCEPTED, "job": row, "problem": None}
