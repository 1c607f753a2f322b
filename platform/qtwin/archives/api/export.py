"""A project as one file over HTTP."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request

from qtwin.archives.services import project_export
from qtwin.projects.selectors import projects_visible_to
from qtwin.rest.problem import PointedError
from qtwin.rest.view import APIView

CHUNK = 2**18
LICENCE = re.compile(r"[A-Za-z0-9.+-]{1,80}|https?://[^\s<>\"\\^`{|}]{1,400}")


class ProjectExportView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter(
                "licence", str, description="Of the project's data: an SPDX name or an address."
            )
        ],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
        operation_id="projects_export",
    )
    def get(self, request: Request, project_id: str) -> StreamingHttpResponse:
        """The project as an RO-Crate: data, provenance and versions of the twin."""
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        licence = request.query_params.get("licence", "")
        if licence and LICENCE.fullmatch(licence) is None:
            raise PointedError(
                "?licence", f"{licence[:40]!r}; allowed: a name from SPDX or an address"
            )
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
        project_export(project, file, by=user, licence=licence)
        size = file.tell()
        file.seek(0)
        asynchronous = isinstance(request._request, ASGIRequest)
        return StreamingHttpResponse(
            _sent_async(file) if asynchronous else _sent(file),
            content_type="application/zip",
            headers={
                "Content-Length": str(size),
                "Content-Disposition": f'attachment; filename="qtwin-{project.pk}.zip"',
            },
        )


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


async def _sent_async(file: IO[bytes]) -> AsyncIterator[bytes]:
    """For an asynchronous server, which would gather all of a plain iterator first."""
    read = sync_to_async(file.read, thread_sensitive=False)
    with file:
        while chunk := await read(CHUNK):
            yield chunk
