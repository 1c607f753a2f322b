"""The note of a project over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.comments.api.rows import NoteInput, NoteRow
from qtwin.comments.selectors import note_of
from qtwin.comments.services import CommentRefused, note_set
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.view import APIView
from qtwin.unchanged import ChangedSince

NONE = {"text": "", "revision": 0, "edited_by": None, "edited_at": None}


class NoteView(APIView):
    @extend_schema(responses=NoteRow, operation_id="note_detail")
    def get(self, request: Request, project_id: str) -> Response:
        """What is pinned to the project's page."""
        user: Any = request.user
        return _answer(get_object_or_404(projects_visible_to(user), pk=project_id))

    @extend_schema(request=NoteInput, responses=NoteRow, operation_id="note_set")
    def put(self, request: Request, project_id: str) -> Response:
        """Write it; for those who may change the project."""
        user: Any = request.user
        rows = projects_writable_by(user).select_related("team")
        project = get_object_or_404(rows, pk=project_id)
        data = NoteInput(data=request.data)
        data.is_valid(raise_exception=True)
        words, seen = data.validated_data["text"], data.validated_data.get("revision")
        try:
            note_set(project=project, text=words, by=user, seen=seen)
        except CommentRefused as error:
            raise PointedError("/text", str(error)) from None
        except ChangedSince:
            raise Conflict("/revision", "somebody wrote another one since") from None
        return _answer(project)


def _answer(project: Project) -> Response:
    note = note_of(project)
    return Response(NoteRow(NONE if note is None else note).data)
