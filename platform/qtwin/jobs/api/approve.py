"""Approving over HTTP what a job may cost."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import Scope
from qtwin.jobs.api.rows import JobRow
from qtwin.jobs.selectors import jobs_approvable_by
from qtwin.jobs.services import NotConfirmed, NotPossible, job_approve
from qtwin.jobs.services.approve import OwnJob
from qtwin.rest.problem import Conflict, PointedError, Refused
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class ApprovalInput(StrictSerializer):
    confirm = serializers.CharField(
        max_length=40, help_text="The most that it may cost, as its next step says: 12.30 USD."
    )


class JobApproveView(APIView):
    @extend_schema(request=ApprovalInput, responses=JobRow, operation_id="jobs_approve")
    def post(self, request: Request, job_id: str) -> Response:
        """Let a job go on that waits for approval; for approvers who did not submit it."""
        need_scope(request, Scope.SPEND)
        user: Any = request.user
        job = get_object_or_404(jobs_approvable_by(user), pk=job_id)
        data = ApprovalInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            job_approve(job=job, by=user, **data.validated_data)
        except OwnJob as error:
            raise Refused("", str(error), "own_job", {}) from error
        except NotConfirmed as error:
            raise PointedError("/confirm", str(error)) from error
        except NotPossible as error:
            raise Conflict("", str(error)) from error
        return Response(JobRow(job).data)
