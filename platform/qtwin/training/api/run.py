"""Training runs over HTTP: start one, watch it, cancel it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected
from qtwin.jobs.api.refusal import refusal
from qtwin.projects.refusal import SpendingRefused
from qtwin.rest.filters import Filter, choice, filtered, identifier, mine, parameters, times
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView
from qtwin.rest.watch import WAIT, check_wait, watched
from qtwin.training.api.rows import CheckpointRow, CurveRowRow, TrainingRunRow
from qtwin.training.api.world import visible_world, writable_world
from qtwin.training.documents import LEARNERS
from qtwin.training.limits import MOST_EVALUATIONS, MOST_SECONDS
from qtwin.training.models import TrainingRun
from qtwin.training.selectors import runs_visible_to, runs_writable_by
from qtwin.training.services import NotReady, TooMany, run_create, work_cancel
from qtwin.training.states import State

MAX_SEED = 2**31 - 1
FILTERS = (
    choice("state", "state", State.values),
    choice("learner", "learner__kind", LEARNERS),
    mine(),
    *times("created_at", "Begun"),
)
PLACES = (identifier("project", "world__project"), identifier("world", "world"))
AFTER = OpenApiParameter("after", OpenApiTypes.INT, description="Only rows with a higher number.")


class LearnerInput(StrictSerializer):
    """A learner and its budget."""

    learner = serializers.DictField(help_text="Its kind and hyperparameters: docs/training.md.")
    seed = serializers.IntegerField(
        min_value=0, max_value=MAX_SEED, required=False, allow_null=True, default=None
    )
    evaluations = serializers.IntegerField(
        min_value=1,
        max_value=MOST_EVALUATIONS,
        required=False,
        allow_null=True,
        default=None,
        help_text="Episodes at most; this or seconds is needed.",
    )
    seconds = serializers.FloatField(
        min_value=0.0, max_value=MOST_SECONDS, required=False, allow_null=True, default=None
    )


class RunInput(LearnerInput):
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class WorldRunsView(APIView):
    """The training runs in a world."""

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=TrainingRunRow(many=True),
        operation_id="world_runs_list",
    )
    def get(self, request: Request, world_id: str) -> Response:
        user: Any = request.user
        world = visible_world(request, world_id)
        return _page(self, request, runs_visible_to(user).filter(world=world), FILTERS)

    @extend_schema(
        request=RunInput,
        responses={202: TrainingRunRow, 200: TrainingRunRow},
        operation_id="training_runs_create",
    )
    @once_per_key()
    def post(self, request: Request, world_id: str) -> Response:
        """Train an agent; it ends at its budget, and leaves a policy."""
        user: Any = request.user
        world = writable_world(request, world_id)
        data = RunInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            run = run_create(world=world, by=user, **data.validated_data)
        except SpendingRefused as error:
            raise refusal(error) from error
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        except (NotReady, TooMany) as error:
            raise Conflict("", str(error)) from error
        return Response(
            TrainingRunRow(run).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": f"/api/v1/training-runs/{run.pk}"},
        )


class AllRunsView(APIView):
    @extend_schema(
        parameters=parameters([*FILTERS, *PLACES]),
        responses=TrainingRunRow(many=True),
        operation_id="training_runs_list",
    )
    def get(self, request: Request) -> Response:
        """Training runs in all worlds that you see."""
        user: Any = request.user
        return _page(self, request, runs_visible_to(user), [*FILTERS, *PLACES])


def _page(
    view: APIView, request: Request, rows: QuerySet[TrainingRun], filters: Sequence[Filter]
) -> Response:
    pages = NewestFirst()
    page = pages.paginate_queryset(filtered(rows, request, filters), request, view=view)
    return pages.get_paginated_response(TrainingRunRow(page or [], many=True).data)


def visible_run(request: Request, run_id: str) -> TrainingRun:
    user: Any = request.user
    return get_object_or_404(runs_visible_to(user), pk=run_id)


class RunView(APIView):
    @extend_schema(parameters=[WAIT], responses=TrainingRunRow, operation_id="training_runs_detail")
    def get(self, request: Request, run_id: str) -> Response:
        check_wait(request)
        run = visible_run(request, run_id)
        watched(request, [run.world.project_id], ended=run.has_ended)
        return Response(TrainingRunRow(run).data)


class RunCancelView(APIView):
    @extend_schema(
        request=None, responses={202: TrainingRunRow}, operation_id="training_runs_cancel"
    )
    def post(self, request: Request, run_id: str) -> Response:
        """Stop it; its curve and its checkpoints stay, and there is no policy."""
        user: Any = request.user
        run = get_object_or_404(runs_writable_by(user), pk=run_id)
        if not work_cancel(work=run, by=user) and run.cancel_requested_at is None:
            raise Conflict("", f"the training run is {run.state}")
        return Response(TrainingRunRow(run).data, status=status.HTTP_202_ACCEPTED)


class CurveView(APIView):
    paged = False

    @extend_schema(
        parameters=[AFTER], responses=CurveRowRow(many=True), operation_id="training_runs_curve"
    )
    def get(self, request: Request, run_id: str) -> Response:
        """Its learning curve, all of it, or what is new."""
        rows = visible_run(request, run_id).curve.filter(number__gt=_after(request))
        return Response({"results": CurveRowRow(rows, many=True).data})


def _after(request: Request) -> int:
    asked = request.query_params.get("after", "-1")
    try:
        number = int(asked)
    except ValueError:
        number = -2
    if not -1 <= number <= MAX_SEED:
        raise PointedError("?after", f"{asked[:20]!r}; allowed: the number of a row")
    return number


class CheckpointsView(APIView):
    paged = False

    @extend_schema(responses=CheckpointRow(many=True), operation_id="training_runs_checkpoints")
    def get(self, request: Request, run_id: str) -> Response:
        """From where it goes on when a worker dies."""
        rows = visible_run(request, run_id).checkpoints.select_related("artifact")
        return Response({"results": CheckpointRow(rows, many=True).data})
