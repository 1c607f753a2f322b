"""Versions over HTTP: list them, look at one, see what it changed, ask for a new one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.fusion.version import FUSION_VERSION
from qtwin.projects.selectors import projects_writable_by
from qtwin.rest.moment import asked_moment
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView
from qtwin.twins.api.ask import readable_project
from qtwin.twins.api.version_rows import (
    BeforeAndAfter,
    ChangesOutput,
    VersionDetail,
    VersionRow,
)
from qtwin.twins.history import twin_version, version_changes
from qtwin.twins.models import TwinVersion
from qtwin.twins.selectors import NoTwin, twin_versions
from qtwin.twins.services import twin_refit
from qtwin.twins.services.refit import NothingToFit

AS_OF = OpenApiParameter("as_of", str, description="As it was at this time, with its zone.")

AT = OpenApiParameter("at", str, description="The same as `as_of`.")


class RefitInput(StrictSerializer):
    """No fields."""


class RefitOutput(serializers.Serializer[Any]):
    latest = serializers.IntegerField(allow_null=True, help_text="Version that is current now.")
    fusion_version = BeforeAndAfter(
        help_text="Of the current version, and of this release. Equal ones and the same evidence "
        "give the same numbers, so no version comes of it."
    )


class VersionsView(APIView):
    visitors = True

    @extend_schema(
        parameters=[AS_OF, AT], responses=VersionRow(many=True), operation_id="twin_versions"
    )
    def get(self, request: Request, project_id: str) -> Response:
        project = readable_project(request, project_id)
        pages = NewestFirst()
        rows = twin_versions(project, at=asked_moment(request) or asked_moment(request, "at"))
        page: Any = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(VersionRow(page or [], many=True).data)


class VersionView(APIView):
    visitors = True

    @extend_schema(responses=VersionDetail, operation_id="twin_version")
    def get(self, request: Request, project_id: str, number: int) -> Response:
        return Response(VersionDetail(visible_version(request, project_id, number)).data)


class ChangesView(APIView):
    visitors = True

    @extend_schema(
        parameters=[
            OpenApiParameter("since", int, description="An earlier version; the one before.")
        ],
        responses=ChangesOutput,
        operation_id="twin_version_changes",
    )
    def get(self, request: Request, project_id: str, number: int) -> Response:
        version = visible_version(request, project_id, number)
        text = request.query_params.get("since")
        since = None
        if text is not None:
            if not text.isdecimal() or not 1 <= int(text) < number:
                raise PointedError(
                    "?since", f"since = {text[:20]}; allowed: a version from 1 to {number - 1}"
                )
            since = int(text)
        return Response(version_changes(version, since=since))


class RefitView(APIView):
    @extend_schema(request=RefitInput, responses={202: RefitOutput}, operation_id="twin_refit")
    def post(self, request: Request, project_id: str) -> Response:
        """Fit the evidence anew, by the model of this release."""
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        RefitInput(data=request.data or {}).is_valid(raise_exception=True)
        try:
            twin_refit(project=project, by=user)
        except NothingToFit as error:
            raise Conflict("", str(error)) from error
        latest = twin_versions(project).first()
        made_by = latest.fusion_version if latest else None
        return Response(
            {
                "latest": latest.number if latest else None,
                "fusion_version": {"before": made_by, "after": FUSION_VERSION},
            },
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": f"/api/v1/projects/{project.pk}/twin"},
        )


def visible_version(request: Request, project_id: str, number: int) -> TwinVersion:
    """A version of a project that the user may look at."""
    try:
        return twin_version(readable_project(request, project_id), number)
    except NoTwin as error:
        raise NotFound(str(error)) from error
