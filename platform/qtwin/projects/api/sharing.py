"""Whom a project is shown to, over HTTP: everybody, or whoever has a link."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.projects.api.member import managed_project
from qtwin.projects.models import Project, ProjectLink
from qtwin.projects.selectors import links_shown
from qtwin.projects.services import (
    project_link_create,
    project_link_revoke,
    project_publish,
)
from qtwin.projects.services.link import ExpiryRefused
from qtwin.rest.once import once_per_key
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class SharingRow(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = ["public"]


class SharingInput(StrictSerializer):
    public = serializers.BooleanField(help_text="Whether everybody sees the twin and its data.")


class LinkRow(serializers.ModelSerializer[ProjectLink]):
    class Meta:
        model = ProjectLink
        fields = ["id", "label", "created_at", "expires_at", "last_used_at"]


class NewLink(LinkRow):
    secret = serializers.CharField(help_text="Shown once; the bearer of reading requests.")
    link = serializers.CharField(help_text="Shown once; the page that it opens.")

    class Meta(LinkRow.Meta):
        fields = [*LinkRow.Meta.fields, "secret", "link"]


class LinkInput(StrictSerializer):
    label = serializers.CharField(max_length=120)  # type: ignore[assignment]  # the body's
    expires_at = serializers.DateTimeField(
        required=False, help_text="In a year at the latest; 30 days if left out."
    )


class SharingView(APIView):
    @extend_schema(responses=SharingRow, operation_id="sharing_detail")
    def get(self, request: Request, project_id: str) -> Response:
        project, _ = managed_project(request, project_id)
        return Response(SharingRow(project).data)

    @extend_schema(request=SharingInput, responses=SharingRow, operation_id="sharing_change")
    def patch(self, request: Request, project_id: str) -> Response:
        """Show the project to everybody, or no longer; for those who manage it."""
        project, by = managed_project(request, project_id)
        data = SharingInput(data=request.data)
        data.is_valid(raise_exception=True)
        shown = project_publish(project=project, by=by, **data.validated_data)
        return Response(SharingRow(shown).data)


class LinksView(APIView):
    paged = False

    @extend_schema(responses=LinkRow(many=True), operation_id="project_links_list")
    def get(self, request: Request, project_id: str) -> Response:
        """Links that were not revoked; for those who manage the project."""
        project, _ = managed_project(request, project_id)
        return Response({"results": LinkRow(links_shown(project), many=True).data})

    @extend_schema(
        request=LinkInput,
        responses={201: NewLink, 200: NewLink},
        operation_id="project_links_create",
    )
    @once_per_key("secret", "link")
    def post(self, request: Request, project_id: str) -> Response:
        """Make a link that shows the project, read-only, to whoever has it."""
        project, by = managed_project(request, project_id)
        data = LinkInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            link, secret = project_link_create(project=project, by=by, **data.validated_data)
        except ExpiryRefused as error:
            raise PointedError("/expires_at", str(error)) from error
        address = request.build_absolute_uri(reverse("web:shared", args=[secret]))
        body: dict[str, Any] = {**LinkRow(link).data, "secret": secret, "link": address}
        return Response(body, status=status.HTTP_201_CREATED)


class LinkView(APIView):
    @extend_schema(responses={204: None}, operation_id="project_links_revoke")
    def delete(self, request: Request, project_id: str, link_id: str) -> Response:
        """Let it open nothing from the next request on."""
        project, by = managed_project(request, project_id)
        link = get_object_or_404(links_shown(project), pk=link_id)
        project_link_revoke(link=link, by=by)
        return Response(status=status.HTTP_204_NO_CONTENT)
