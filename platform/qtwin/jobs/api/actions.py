"""What people do to jobs and measurements over HTTP: cancel, hold, release, retry, invalidate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import BackendError
from qtwin.accounts.api.scopes import has_scope, need_scope
from qtwin.accounts.models import Scope, User
from qtwin.jobs.api.refusal import refusal
from qtwin.jobs.api.rows import JobRow, MeasurementRow
from qtwin.jobs.models import Job, Measurement, State
from qtwin.jobs.selectors import (
    jobs_writable_by,
    measurements_of,
    measurements_writable_by,
    release_in_doubt,
    spending_allowed,
)
from qtwin.jobs.services import (
    NotPossible,
    job_cancel,
    job_hold,
    job_release,
    job_retry,
    measurement_invalidate,
    measurement_restore,
)
from qtwin.rest.once import once_per_key
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class HoldInput(StrictSerializer):
    why = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class ReleaseInput(StrictSerializer):
    confirm = serializers.CharField(
        required=False,
        default="",
        max_length=40,
        help_text="The job's id; needed where the vendor may have run it already.",
    )


class ValidityInput(StrictSerializer):
    why = serializers.CharField(max_length=500)


class JobActionView(APIView):
    """One action on one job that the caller may write."""

    def job(self, request: Request, job_id: str) -> Job:
        return get_object_or_404(jobs_writable_by(_caller(request)), pk=job_id)

    def accepted(self, act: Callable[[], Job]) -> Response:
        try:
            job = act()
        except NotPossible as error:
            raise Conflict("", str(error)) from error
        except BackendError as error:
            raise refusal(error) from error
        return Response(
            JobRow(job).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": f"/api/v1/jobs/{job.pk}"},
        )


class JobCancelView(JobActionView):
    @extend_schema(request=None, responses={202: JobRow}, operation_id="jobs_cancel")
    def post(self, request: Request, job_id: str) -> Response:
        """Cancel a job; what a vendor finishes in spite of it is kept and charged."""
        job, user = self.job(request, job_id), _caller(request)
        return self.accepted(lambda: job_cancel(job=job, by=user))


class JobHoldView(JobActionView):
    @extend_schema(request=HoldInput, responses={202: JobRow}, operation_id="jobs_hold")
    def post(self, request: Request, job_id: str) -> Response:
        """Stop a job that no vendor has until somebody releases it."""
        job, user = self.job(request, job_id), _caller(request)
        why = checked(HoldInput, request)["why"]
        return self.accepted(lambda: job_hold(job=job, why=why, by=user))


class JobReleaseView(JobActionView):
    @extend_schema(request=ReleaseInput, responses={202: JobRow}, operation_id="jobs_release")
    def post(self, request: Request, job_id: str) -> Response:
        """Let a held job go on; the vendor is asked once more before anything is bought."""
        job, user = self.job(request, job_id), _caller(request)
        _may_release(request, job, checked(ReleaseInput, request)["confirm"])
        return self.accepted(lambda: job_release(job=job, by=user))


class JobRetryView(JobActionView):
    @extend_schema(request=None, responses={202: JobRow, 200: JobRow}, operation_id="jobs_retry")
    @once_per_key()
    def post(self, request: Request, job_id: str) -> Response:
        """Submit what a failed or cancelled job did not measure as a new job."""
        job, user = self.job(request, job_id), _caller(request)
        may_spend = has_scope(request, Scope.SPEND)
        return self.accepted(lambda: job_retry(job=job, by=user, may_spend=may_spend))


def _caller(request: Request) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]  # signed in, or the view was not reached


def _may_release(request: Request, job: Job, confirm: str) -> None:
    """What may cost money needs the right to spend; what may be bought twice, a typed id too."""
    if job.state != State.HOLD:
        return
    doubtful = release_in_doubt(job)
    if doubtful or job.estimated_cost:
        if not spending_allowed(_caller(request), job.project):
            raise PermissionDenied("releasing what costs money needs the right to approve spending")
        need_scope(request, Scope.SPEND)
    if doubtful and confirm != str(job.pk):
        raise PointedError(
            "/confirm",
            f"{confirm!r}; allowed: {job.pk}, since the vendor may have run it already",
        )


class MeasurementInvalidateView(APIView):
    @extend_schema(
        request=ValidityInput, responses=MeasurementRow, operation_id="measurements_invalidate"
    )
    def post(self, request: Request, measurement_id: str) -> Response:
        """Take a measurement out of the evidence; the twin is fitted anew without it."""
        return _judged(request, measurement_id, measurement_invalidate)


class MeasurementRestoreView(APIView):
    @extend_schema(
        request=ValidityInput, responses=MeasurementRow, operation_id="measurements_restore"
    )
    def post(self, request: Request, measurement_id: str) -> Response:
        """Let an invalidated measurement count again."""
        return _judged(request, measurement_id, measurement_restore)


def _judged(request: Request, measurement_id: str, judge: Callable[..., None]) -> Response:
    user = _caller(request)
    measurement: Measurement = get_object_or_404(measurements_writable_by(user), pk=measurement_id)
    judge(measurement=measurement, why=checked(ValidityInput, request)["why"], by=user)
    rows = measurements_of(measurement.project_id)
    return Response(MeasurementRow(rows.get(pk=measurement.pk)).data)


def checked(kind: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """The request's body; none at all is an empty one."""
    data = kind(data=request.data or {})
    data.is_valid(raise_exception=True)
    return dict(data.validated_data)
