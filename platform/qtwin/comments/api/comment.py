"""Comments over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.comments.about import About
from qtwin.comments.api.rows import CommentInput, CommentRow, CommentText
from qtwin.comments.selectors import (
    comments_deletable_by,
    comments_editable_by,
    comments_visible_to,
)
from qtwin.comments.services import CommentRefused, comment_create, comment_delete, comment_edit
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to
from qtwin.rest.filters import filtered, identifier, parameters, times
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import PointedError
from qtwin.rest.view import APIView
from qtwin.twins.models import TwinVersion

COMMENT_FILTERS = (
    identifier("job", "job", "About it."),
    identifier("measurement", "measurement", "About it."),
    identifier("by", "by", "Written by this person."),
    *times("created_at"),
)


class ProjectCommentsView(APIView):
    @extend_schema(
        parameters=parameters(COMMENT_FILTERS),
        responses=CommentRow(many=True),
        operation_id="comments_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """All of the project, newest first: of it, its jobs, its points and its twin's versions."""
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        rows = filtered(comments_visible_to(user).filter(project=project), request, COMMENT_FILTERS)
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(CommentRow(page or [], many=True).data)

    @extend_schema(
        request=CommentInput,
        responses={201: CommentRow, 200: CommentRow},
        operation_id="comments_create",
    )
    @once_per_key()
    def post(self, request: Request, project_id: str) -> Response:
        """Write one; the people whom it names find it in their inbox."""
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user).select_related("team"), pk=project_id)
        data = CommentInput(data=request.data)
        data.is_valid(raise_exception=True)
        wanted = dict(data.validated_data)
        words, origin = wanted.pop("text"), request.build_absolute_uri("/")
        try:
            comment = comment_create(
                about=_about(project, wanted), text=words, by=user, origin=origin
            )
        except CommentRefused as error:
            raise PointedError("/text", str(error)) from None
        return Response(
            CommentRow(comments_visible_to(user).get(pk=comment.pk)).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": f"/api/v1/comments/{comment.pk}"},
        )


class CommentView(APIView):
    @extend_schema(responses=CommentRow, operation_id="comments_detail")
    def get(self, request: Request, comment_id: str) -> Response:
        user: Any = request.user
        return Response(
            CommentRow(get_object_or_404(comments_visible_to(user), pk=comment_id)).data
        )

    @extend_schema(request=CommentText, responses=CommentRow, operation_id="comments_change")
    def patch(self, request: Request, comment_id: str) -> Response:
        """Change the text of your own."""
        user: Any = request.user
        comment = get_object_or_404(comments_editable_by(user), pk=comment_id)
        data = CommentText(data=request.data)
        data.is_valid(raise_exception=True)
        words, origin = data.validated_data["text"], request.build_absolute_uri("/")
        try:
            comment_edit(comment=comment, text=words, by=user, origin=origin)
        except CommentRefused as error:
            raise PointedError("/text", str(error)) from None
        return self.get(request, comment_id)

    @extend_schema(responses={204: None}, operation_id="comments_delete")
    def delete(self, request: Request, comment_id: str) -> Response:
        """Take away your own, or as a manager anybody's; its place stays."""
        user: Any = request.user
        comment_delete(
            comment=get_object_or_404(comments_deletable_by(user), pk=comment_id), by=user
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _about(project: Project, wanted: dict[str, Any]) -> About:
    if len(wanted) > 1:
        raise PointedError(f"/{max(wanted)}", f"one of {', '.join(wanted)}; a comment is about one")
    for name, value in wanted.items():
        found: Any = _THINGS[name](project, value)
        if found is None:
            raise PointedError(f"/{name}", f"{value} is none of this project")
        return About(project=project, **{name: found})
    return About(project=project)


_THINGS: dict[str, Any] = {
    "job": lambda project, value: Job.objects.filter(project=project, pk=value).first(),
    "measurement": lambda project, value: (
        Measurement.objects.filter(project=project, pk=value).select_related("job").first()
    ),
    "version": lambda project, value: TwinVersion.objects.filter(
        twin__project=project, number=value
    ).first(),
}
