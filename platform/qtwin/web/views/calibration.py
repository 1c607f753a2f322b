"""The page of a team's calibrations: all devices, or one with its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from backends.device_drift import Ran
from qtwin.accounts.models import Team
from qtwin.accounts.selectors import teams_visible_to
from qtwin.web.calibrations import devices, lines
from qtwin.web.device_map import device_map

ASKED = {"gates": 10, "qubits": 4}
"""Of the circuit for which drifts are reckoned, unless another is asked for."""
MOST = 10_000


@login_required
@require_safe
def calibrations_page(request: HttpRequest, team_id: UUID) -> HttpResponse:
    user: Any = request.user
    team = get_object_or_404(teams_visible_to(user), pk=team_id)
    device = request.GET.get("device", "")
    if not device:
        return render(request, "teams/calibrations.html", {"team": team, "devices": devices(team)})
    return _history(request, team, device)


def _history(request: HttpRequest, team: Team, device: str) -> HttpResponse:
    backend = request.GET.get("backend", "")
    typed = {name: request.GET.get(name, str(usual)) for name, usual in ASKED.items()}
    wrong = [f"{name} = {text[:40]!r}" for name, text in typed.items() if _whole(text) is None]
    asked = ASKED if wrong else {name: _whole(text) or 0 for name, text in typed.items()}
    ran = Ran(places=(), qubits=asked["qubits"], two_qubit_gates=asked["gates"])
    shown = lines(team, backend, device, ran)
    context = {
        "team": team,
        "map": device_map([line.row for line in shown], request.GET),
        "backend": backend,
        "device": device,
        "typed": typed,
        "asked": asked,
        "error": f"{', '.join(wrong)}; allowed: whole numbers from 0 to {MOST}." if wrong else "",
        "lines": shown,
    }
    return render(request, "teams/device.html", context, status=400 if wrong else 200)


def _whole(text: str) -> int | None:
    """A whole number in the allowed range, or None."""
    fits = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST))
    return int(text) if fits and int(text) <= MOST else None
