"""Imports of lab and published data over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.models import User
from qtwin.jobs.api.actions import ValidityInput, checked
from qtwin.jobs.datasets import datasets_of, datasets_visible_to, datasets_writable_by
from qtwin.jobs.imported import REQUEST
from qtwin.jobs.services import (
    DatasetConflict,
    DatasetSpec,
    Imported,
    dataset_import,
    dataset_invalidate,
    dataset_restore,
)
from qtwin.projects.api.source import NAME
from qtwin.projects.models import Dataset, Observable, Project
from qtwin.projects.selectors import projects_readable_by, projects_visible_to
from qtwin.rest.filters import filtered, mine, parameters, times
from qtwin.rest.moment import MomentField
from qtwin.rest.once import body_digest
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView
from qtwin.tables.refusal import FileRefused

LONGEST_NAME = 40
FILTERS = (mine(), *times("created_at", "Imported"))


class DatasetRow(serializers.ModelSerializer[Dataset]):
    project = serializers.UUIDField(source="project_id")
    imported_by = serializers.SerializerMethodField(help_text="Empty for visitors.")
    observables = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()
    measurements = serializers.IntegerField()
    invalidated = serializers.IntegerField(help_text="Of the measurements, those that are out.")

    class Meta:
        model = Dataset
        fields = [
            *("id", "project", "name", "citation", "licence", "sha256", "imported_by"),
            *("observables", "sources", "measurements", "invalidated", "created_at"),
        ]

    def get_imported_by(self, row: Dataset) -> str:
        told = self.context.get("people", True)
        return row.created_by.name if told and row.created_by else ""

    def get_observables(self, row: Dataset) -> list[str]:
        return _distinct(row, "observable__name")

    def get_sources(self, row: Dataset) -> list[str]:
        return _distinct(row, "source_revision__source__name")


def _distinct(row: Dataset, path: str) -> list[str]:
    return list(row.rows.order_by(path).values_list(path, flat=True).distinct())


class DatasetAnswer(DatasetRow):
    warnings = serializers.ListField(
        child=serializers.CharField(), help_text="What the file says and nothing uses."
    )

    class Meta(DatasetRow.Meta):
        fields = [*DatasetRow.Meta.fields, "warnings"]


class DatasetInput(StrictSerializer):
    name = serializers.CharField(max_length=120)
    citation = serializers.CharField(
        max_length=10_000, help_text="Where it was published, or who measured it."
    )
    licence = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    observable = serializers.CharField(
        max_length=40, required=False, default="", help_text="The first by default."
    )
    sources = serializers.DictField(
        child=serializers.DictField(),
        help_text="By name: `role`, and `scale`, `knobs`, `mixed_value` as in `qtwin fuse`.",
    )
    data = serializers.CharField(  # type: ignore[assignment]  # the API's name
        trim_whitespace=False, help_text="A CSV file: `source`, the controls, `value`, `std`, …"
    )
    measured_at = MomentField(required=False, allow_null=True, default=None)

    def validate_sources(self, sources: dict[str, Any]) -> dict[str, Any]:
        for name in sources:
            if re.fullmatch(NAME, name) is None or len(name) > LONGEST_NAME:
                allowed = f"a to z, 0 to 9, _ and -, from a letter, at most {LONGEST_NAME}"
                raise ValidationError({name: [f"{name!r:.80}; allowed: {allowed}"]})
        return sources

    def validate_measured_at(self, moment: Any) -> Any:
        if moment is not None and moment > timezone.now():
            raise ValidationError(f"{moment.isoformat()}; allowed: a time that has passed")
        return moment


def import_from(body: Any, *, project: Project, by: User | None, key: str = "") -> Imported:
    """Import what a request asks for.

    Raises:
        APIException: Points at what is wrong with it.
    """
    data = DatasetInput(data=body)
    data.is_valid(raise_exception=True)
    fields = dict(data.validated_data)
    text = fields.pop("data")
    observable = _observable(project, fields.pop("observable"))
    try:
        return dataset_import(
            project=project,
            spec=DatasetSpec(**fields, observable=observable, text=text),
            by=by,
            key=key,
            body_sha256=body_digest(body),
        )
    except FileRefused as error:
        raise _pointed(error) from error
    except DatasetConflict as error:
        raise Conflict(error.pointer, str(error)) from error


def _observable(project: Project, name: str) -> Observable:
    known = {observable.name: observable for observable in project.observables.all()}
    wanted = name or next(iter(known))
    if wanted not in known:
        raise PointedError("/observable", f"{wanted!r}; allowed: {', '.join(known)}")
    return known[wanted]


def _pointed(error: FileRefused) -> PointedError:
    if error.file == REQUEST:
        return PointedError(error.name, str(error))
    where = error.field.removeprefix(error.file).removeprefix(", ")
    return PointedError("/data", f"{where}: {error}" if where else str(error))


def answer(imported: Imported) -> Response:
    """The dataset, and whether it is new."""
    row = datasets_of(imported.dataset.project_id).get(pk=imported.dataset.pk)
    setattr(row, "warnings", list(imported.warnings))  # noqa: B010 - not a field of the table
    return Response(
        DatasetAnswer(row).data,
        status=status.HTTP_201_CREATED if imported.new else status.HTTP_200_OK,
        headers={
            "Location": f"/api/v1/datasets/{row.pk}",
            **({} if imported.new else {"Idempotency-Replayed": "true"}),
        },
    )


class DatasetsView(APIView):
    visitors = True

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=DatasetRow(many=True),
        operation_id="datasets_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """What was imported into the project."""
        user: Any = request.user
        project = get_object_or_404(projects_readable_by(user), pk=project_id)
        people = projects_visible_to(user).filter(pk=project.pk).exists()
        pages = NewestFirst()
        rows = filtered(datasets_of(project.pk), request, FILTERS)
        page = pages.paginate_queryset(rows, request, view=self)
        shown = DatasetRow(page or [], many=True, context={"people": people}).data
        return pages.get_paginated_response(shown)


class DatasetView(APIView):
    @extend_schema(responses=DatasetRow, operation_id="datasets_detail")
    def get(self, request: Request, dataset_id: str) -> Response:
        user: Any = request.user
        return Response(
            DatasetRow(get_object_or_404(datasets_visible_to(user), pk=dataset_id)).data
        )


class DatasetInvalidateView(APIView):
    @extend_schema(request=ValidityInput, responses=DatasetRow, operation_id="datasets_invalidate")
    def post(self, request: Request, dataset_id: str) -> Response:
        """Take all of its measurements out of the evidence; the twin is fitted anew without."""
        return _judged(request, dataset_id, dataset_invalidate)


class DatasetRestoreView(APIView):
    @extend_schema(request=ValidityInput, responses=DatasetRow, operation_id="datasets_restore")
    def post(self, request: Request, dataset_id: str) -> Response:
        """Let all of its measurements count again."""
        return _judged(request, dataset_id, dataset_restore)


def _judged(request: Request, dataset_id: str, judge: Callable[..., int]) -> Response:
    user: Any = request.user
    dataset = get_object_or_404(datasets_writable_by(user), pk=dataset_id)
    judge(dataset=dataset, why=checked(ValidityInput, request)["why"], by=user)
    return Response(DatasetRow(datasets_of(dataset.project_id).get(pk=dataset.pk)).data)
