"""Comparisons of classifiers over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.qml.phases.names import BASELINE, NAMES
from qtwin.rest.filters import choice, filtered, mine, parameters, times
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView
from qtwin.rest.watch import WAIT, check_wait, watched
from qtwin.training.api.rows import WORK
from qtwin.training.models import Classifier
from qtwin.training.selectors import classifiers_visible_to, classifiers_writable_by
from qtwin.training.services import TooMany, classifier_create, work_cancel
from qtwin.training.states import State

FILTERS = (choice("state", "state", State.values), mine(), *times("created_at"))
SEED = 2**31 - 1


class ClassifierInput(StrictSerializer):
    control = serializers.CharField(
        max_length=64, required=False, allow_blank=True, default="", help_text="The only one."
    )
    transition = serializers.FloatField(help_text="Where the phases meet, known beforehand.")
    margin = serializers.FloatField(
        min_value=0.0, required=False, default=0.1, help_text="Nearer points are not labelled."
    )
    shots = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, default=8, help_text="Of a reading, by basis."
    )
    readings = serializers.IntegerField(
        min_value=1, max_value=20, required=False, default=6, help_text="Most of a point."
    )
    folds = serializers.IntegerField(min_value=2, max_value=20, required=False, default=5)
    seed = serializers.IntegerField(min_value=0, max_value=SEED, required=False, default=0)
    methods = serializers.ListField(
        child=serializers.ChoiceField(choices=NAMES),
        max_length=len(NAMES),
        required=False,
        default=list(NAMES),
        help_text=f"With {BASELINE}, which the others are compared with.",
    )
    sources = serializers.ListField(
        child=serializers.CharField(max_length=64),
        max_length=50,
        required=False,
        default=list,
        help_text="Names; all that kept bit strings where none is given.",
    )

    def validate_methods(self, methods: list[str]) -> list[str]:
        if BASELINE not in methods:
            raise serializers.ValidationError(f"{BASELINE} is missing; allowed: with it")
        return [name for name in NAMES if name in methods]


class ClassifierRow(serializers.ModelSerializer[Classifier]):
    project = serializers.UUIDField(source="project_id")
    asked = serializers.DictField()

    class Meta:
        model = Classifier
        fields = ["id", "project", "asked", "cancel_requested_at", *WORK]


class ClassifierDetail(ClassifierRow):
    document = serializers.DictField(
        help_text="Accuracies with their intervals, beside the baseline; empty until it is done."
    )

    class Meta(ClassifierRow.Meta):
        fields = [*ClassifierRow.Meta.fields, "document"]


class ProjectClassifiersView(APIView):
    """The comparisons of classifiers of a project."""

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=ClassifierRow(many=True),
        operation_id="project_classifiers_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        pages = NewestFirst()
        rows = filtered(classifiers_visible_to(user).filter(project=project), request, FILTERS)
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(ClassifierRow(page or [], many=True).data)

    @extend_schema(
        request=ClassifierInput,
        responses={202: ClassifierDetail, 200: ClassifierDetail},
        operation_id="classifiers_create",
    )
    @once_per_key()
    def post(self, request: Request, project_id: str) -> Response:
        """Compare classifiers of two phases on the shots of the project's jobs."""
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        data = ClassifierInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            row = classifier_create(project=project, asked=data.validated_data, by=user)
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        except TooMany as error:
            raise Conflict("", str(error)) from error
        return Response(
            ClassifierDetail(row).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": f"/api/v1/classifiers/{row.pk}"},
        )


class ClassifierView(APIView):
    @extend_schema(parameters=[WAIT], responses=ClassifierDetail, operation_id="classifiers_detail")
    def get(self, request: Request, classifier_id: str) -> Response:
        """What came of a comparison, when it is done."""
        check_wait(request)
        user: Any = request.user
        row = get_object_or_404(classifiers_visible_to(user), pk=classifier_id)
        watched(request, [row.project_id], ended=row.has_ended)
        return Response(ClassifierDetail(row).data)


class ClassifierCancelView(APIView):
    @extend_schema(
        request=None, responses={202: ClassifierDetail}, operation_id="classifiers_cancel"
    )
    def post(self, request: Request, classifier_id: str) -> Response:
        """Stop it after the classifier that is being trained."""
        user: Any = request.user
        row = get_object_or_404(classifiers_writable_by(user), pk=classifier_id)
        if not work_cancel(work=row, by=user) and row.cancel_requested_at is None:
            raise Conflict("", f"the comparison is {row.state}")
        return Response(ClassifierDetail(row).data, status=status.HTTP_202_ACCEPTED)
