"""The probes as routes of the API; `qtwin.health.probes` answers them without Django."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from qtwin.health.answer import told
from qtwin.health.parts import PARTS


def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> JsonResponse:
    status, document = told({part.name: part.problem() for part in PARTS})
    return JsonResponse(document, status=status)
