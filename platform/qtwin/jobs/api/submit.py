"""Submitting jobs: many points at once, one or many jobs, exactly once per Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import BackendError, ProgramRejected
from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope, User
from qtwin.jobs.api.refusal import refusal
from qtwin.jobs.api.rows import JobRow, ManyJobs
from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import PRIORITY_RANGE
from qtwin.jobs.search import jobs_with_words, words
from qtwin.jobs.selectors import WHAT_IT_ASKS, jobs_visible_to
from qtwin.jobs.services import JobSpec, RequestConflict, request_submit
from qtwin.jobs.services.request import Outcome
from qtwin.jobs.states import SHOWN, states_shown_as
from qtwin.projects.models import Project, Source
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.rest.filters import Filter, filtered, identifier, mine, parameters, text, times
from qtwin.rest.once import REPLAYED, asked_key, body_digest
from qtwin.rest.pages import NewestFirst
from qtwin.rest.points import PointsField
from qtwin.rest.problem import Conflict, PointedError, errors_of
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView

MAX_JOBS = 200
MAX_POINTS = 10_000
WORDS = tuple(sorted(set(SHOWN.values())))
MAX_SHOTS = 10_000_000
Sources = Callable[[], dict[str, Source]]


def _state(word: str) -> list[State]:
    if word not in WORDS:
        raise ValueError(f"unknown state {word[:40]!r}; allowed: {', '.join(WORDS)}")
    return list(states_shown_as(word))


JOB_FILTERS = (
    Filter(name="state", read=_state, where=lambda value, _: Q(state__in=value), values=WORDS),
    text("source", "source_revision__source__name"),
    text("backend", "source_revision__backend"),
    text("method", "source_revision__method"),
    identifier("team", "project__team", "Of its projects."),
    identifier("by", "created_by", "Submitted by this user."),
    mine(),
    *times("created_at", "Submitted"),
    Filter(
        name="q",
        read=words,
        where=lambda value, _: jobs_with_words(value) if value else Q(),
        about="In the name of its source or project, its method, backend or reason; or its id.",
    ),
)


class Malformed(BackendError):
    """The form of one item is wrong; its cause says where."""


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


class JobsInput(StrictSerializer):
    """Each goes its own way; the answer says what became of it."""

    jobs = serializers.ListField(child=JobInput(), min_length=1, max_length=MAX_JOBS)


class JobsView(APIView):
    """The jobs of a project."""

    largest_field = "/points"

    @extend_schema(
        parameters=parameters(JOB_FILTERS),
        responses=JobRow(many=True),
        operation_id="project_jobs_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        rows = jobs_visible_to(user).filter(project=project)
        return jobs_page(self, request, rows, JOB_FILTERS)

    @extend_schema(
        request=PolymorphicProxySerializer(
            component_name="Submission",
            serializers=[JobInput, JobsInput],
            resource_type_field_name=None,
        ),
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={202: JobRow, 200: JobRow, 207: ManyJobs},
        operation_id="jobs_submit",
    )
    def post(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        items, many = _items(request.data)
        try:
            outcomes = request_submit(
                project=project,
                specs=_specs(project, items) if many else [spec_of(project, items[0])],
                by=user,
                key=asked_key(request),
                body_sha256=body_digest(request.data),
                may_spend=has_scope(request, Scope.SPEND),
            )
        except RequestConflict as error:
            raise Conflict("Idempotency-Key", str(error)) from error
        return answer_many(outcomes, user) if many else answer_one(outcomes[0])


def jobs_page(
    view: APIView, request: Request, rows: QuerySet[Job], filters: Sequence[Filter]
) -> Response:
    """One page of the jobs that the query asks for."""
    pages, rows = NewestFirst(), filtered(rows, request, filters).defer(*WHAT_IT_ASKS)
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


def _specs(project: Project, items: Sequence[Any]) -> list[Callable[[], JobSpec]]:
    """Of many, one that is malformed does not keep the others back."""
    sources, specs = _sources_of(project), []
    for item in items:
        try:
            specs.append(spec_of(project, item, sources))
        except APIException as error:
            specs.append(partial(_malformed, error))
    return specs


def _malformed(error: APIException) -> JobSpec:
    raise Malformed from error


def spec_of(project: Project, item: Any, sources: Sources | None = None) -> Callable[[], JobSpec]:
    """Builds the specification of one item whose form is right; may raise what refuses it."""
    data = JobInput(data=item)
    data.is_valid(raise_exception=True)
    return partial(_build, sources or _sources_of(project), dict(data.validated_data))


def _sources_of(project: Project) -> Sources:
    """The project's sources by name, read when they are first wanted."""
    rows = project.sources.prefetch_related("revisions")
    return cache(lambda: {source.name: source for source in rows})


def _build(known: Sources, fields: dict[str, Any]) -> JobSpec:
    sources, name = known(), fields.pop("source")
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


def answer_many(outcomes: Sequence[Outcome], user: User, **more: Any) -> Response:
    """The answer to many items: what became of each."""
    jobs = jobs_visible_to(user).in_bulk([one.job.pk for one in outcomes if one.job is not None])
    body: dict[str, Any] = {"inserted": [], "existing": [], "errors": [], **more}
    for index, outcome in enumerate(outcomes):
        if outcome.job is None:
            body["errors"] += [
                {"index": index, **error, "pointer": f"/jobs/{index}{error['pointer']}"}
                for error in _errors(outcome.error or BackendError("refused"))
            ]
        else:
            place = "existing" if outcome.existing else "inserted"
            shown = JobRow(jobs.get(outcome.job.pk, outcome.job)).data
            body[place].append({"index": index, **shown})
    known = bool(outcomes) and all(outcome.existing for outcome in outcomes)
    code = status.HTTP_200_OK if known else status.HTTP_202_ACCEPTED
    return Response(
        body,
        status=status.HTTP_207_MULTI_STATUS if body["errors"] else code,
        headers=REPLAYED if known else {},
    )


def _errors(error: Exception) -> list[dict[str, str]]:
    cause = error.__cause__ if isinstance(error, Malformed) else refusal(error)
    return list(errors_of(cause)) if isinstance(cause, APIException) else []
