"""The OpenAPI document over HTTP."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class SchemaView(SpectacularAPIView):
    """The same for everybody, and a second's work: a process makes it once in each format."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer: BaseRenderer = request.accepted_renderer
        name = self._get_filename(request, version="")  # type: ignore[no-untyped-call]
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        return HttpResponse(
            _written(renderer.format),
            content_type=f"{renderer.media_type}{charset}",
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )


@cache
def _written(form: str) -> bytes:
    generator = SchemaView.generator_class()
    document = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    renderer = next(one for one in SchemaView.renderer_classes if one.format == form)()
    written = renderer.render(document)
    return written.encode() if isinstance(written, str) else written
