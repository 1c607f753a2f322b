"""Submitting jobs: many points at once, one or many jobs, exactly once per Idempotency-Key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backends.errors import BackendError, ProgramRejected
from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope
from qtwin.jobs.api.refusal import refusal
from qtwin.jobs.api.rows import JobRow, ManyJobs
from qtwin.jobs.models.job import PRIORITY_RANGE
from qtwin.jobs.selectors import jobs_visible_to
from qtwin.jobs.services import JobSpec, RequestConflict, request_submit
from qtwin.jobs.services.request import Outcome
from qtwin.jobs.states import SHOWN, states_shown_as
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.rest.pages import NewestFirst
from qtwin.rest.points import PointsField
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer

MAX_JOBS = 100
MAX_POINTS = 10_000
MAX_SHOTS = 10_000_000
KEY_LENGTH = 200


class KnobsField(serializers.DictField):
    """Knobs by name, each with one value or one per point."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        knobs: dict[str, Any] = super().to_internal_value(data)
        for name, value in knobs.items():
            values = value if isinstance(value, list) else [value]
            if not values or not all(type(item) in (int, float) for item in values):
                raise ValidationError(
                    {name: [f"{value!r}; allowed: a number, or one number per point"]}
                )
        return knobs


class JobInput(StrictSerializer):
    source = serializers.CharField(max_length=40)  # type: ignore[assignment]  # the API's name
    points = PointsField(max_points=MAX_POINTS)
    knobs = KnobsField(
        required=False, default=dict, help_text="One value, or one per point, by knob."
    )
    observables = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list
    )
    shots = serializers.IntegerField(
        min_value=1, max_value=MAX_SHOTS, required=False, allow_null=True, default=None
    )
    seed = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )
    priority = serializers.IntegerField(
        min_value=-PRIORITY_RANGE,
        max_value=PRIORITY_RANGE,
        required=False,
        default=0,
        help_text="Among your own jobs of the project; a step counts like ten minutes of waiting.",
    )
    force = serializers.BooleanField(
        required=False, default=False, help_text="Compute what is known, or is being computed, too."
    )


class JobsView(APIView):
    """The jobs of a project."""

    largest_field = "/points"

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=sorted(set(SHOWN.values())))],
        responses=JobRow(many=True),
        operation_id="project_jobs_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        return jobs_page(self, request, project)

    @extend_schema(
        request=JobInput,
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={202: JobRow, 200: JobRow, 207: ManyJobs},
        operation_id="jobs_submit",
    )
    def post(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        items, many = _items(request.data)
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > KEY_LENGTH:
            raise PointedError("Idempotency-Key", f"{len(key)} characters; allowed: {KEY_LENGTH}")
        body = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
        try:
            outcomes = request_submit(
                project=project,
                specs=[spec_of(project, item) for item in items],
                by=user,
                key=key,
                body_sha256=hashlib.sha256(body.encode()).hexdigest(),
                may_spend=has_scope(request, Scope.SPEND),
            )
        except RequestConflict as error:
            raise Conflict("Idempotency-Key", str(error)) from error
        return _many(outcomes) if many else answer_one(outcomes[0])


def jobs_page(view: APIView, request: Request, project: Project | None) -> Response:
    """One page of jobs, filtered by ``state`` and ``source``."""
    user: Any = request.user
    rows = jobs_visible_to(user)
    if project is not None:
        rows = rows.filter(project=project)
    word = request.query_params.get("state")
    if word is not None:
        states = states_shown_as(word)
        if not states:
            allowed = ", ".join(sorted(set(SHOWN.values())))
            raise PointedError("?state", f"unknown state {word!r}; allowed: {allowed}")
        rows = rows.filter(state__in=states)
    if source := request.query_params.get("source"):
        rows = rows.filter(source_revision__source__name=source)
    pages = NewestFirst()
    page = pages.paginate_queryset(rows, request, view=view)
    return pages.get_paginated_response(JobRow(page or [], many=True).data)


def _items(body: Any) -> tuple[list[Any], bool]:
    if not isinstance(body, dict):
        raise PointedError("", "allowed: a job, or {'jobs': [...]}")
    if "jobs" not in body:
        return [body], False
    jobs = body["jobs"]
    if set(body) != {"jobs"} or not isinstance(jobs, list) or not 1 <= len(jobs) <= MAX_JOBS:
        raise PointedError("/jobs", f"allowed: a list of 1 to {MAX_JOBS} jobs, and no other field")
    return jobs, True


def spec_of(project: Project, item: Any) -> Callable[[], JobSpec]:
    """Builds the specification of one item whose form is right; may raise what refuses it."""
    data = JobInput(data=item)
    data.is_valid(raise_exception=True)
    return partial(_build, project, dict(data.validated_data))


def _build(project: Project, fields: dict[str, Any]) -> JobSpec:
    sources = {source.name: source for source in project.sources.prefetch_related("revisions")}
    name = fields.pop("source")
    if name not in sources:
        raise ProgramRejected(
            f"unknown source {name!r}; allowed: {', '.join(sources) or 'none yet'}",
            field="/source",
        )
    return JobSpec(source=sources[name], **fields)


def answer_one(outcome: Outcome) -> Response:
    """The answer to one item: its job, or the problem that refused it."""
    if outcome.job is None:
        error = outcome.error or BackendError("refused")
        raise refusal(error, field="/source") from error
    return Response(
        JobRow(outcome.job).data,
        status=status.HTTP_200_OK if outcome.existing else status.HTTP_202_ACCEPTED,
        headers={
            "Location": f"/api/v1/jobs/{outcome.job.pk}",
            **({"Idempotency-Replayed": "true"} if outcome.existing else {}),
        },
    )


def _many(outcomes: list[Outcome]) -> Response:
    body: dict[str, list[Any]] = {"inserted": [], "existing": [], "errors": []}
    for index, outcome in enumerate(outcomes):
        if outcome.job is None:
            body["errors"].append(
                {
                    "index": index,
                    "pointer": f"/jobs/{index}{getattr(outcome.error, 'field', '')}",
                    "detail": str(outcome.error),
                }
            )
        else:
            place = "existing" if outcome.existing else "inserted"
            body[place].append(JobRow(outcome.job).data)
    code = status.HTTP_207_MULTI_STATUS if body["errors"] else status.HTTP_202_ACCEPTED
    return Response(body, status=code)
