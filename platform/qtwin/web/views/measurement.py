"""One measurement, and what a person thinks of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.jobs.feed import latest_event_id
from qtwin.jobs.provenance import measurement_provenance
from qtwin.jobs.selectors import measurements_visible_to, measurements_writable_by
from qtwin.jobs.services import measurement_invalidate, measurement_restore
from qtwin.web.measurement import measurement_shown

JUDGES = {"invalidate": measurement_invalidate, "restore": measurement_restore}
LONGEST = 500


@login_required
@require_safe
def measurement_page(request: HttpRequest, measurement_id: UUID) -> HttpResponse:
    return _page(request, measurement_id)


@login_required
@require_POST
def measurement_judge(request: HttpRequest, measurement_id: UUID, verb: str) -> HttpResponse:
    """Take it out of the evidence or let it count again, with a reason."""
    if verb not in JUDGES:
        raise Http404
    user: Any = request.user
    measurement = get_object_or_404(measurements_writable_by(user), pk=measurement_id)
    why = request.POST.get("why", "").strip()
    if not 0 < len(why) <= LONGEST:
        said = f"{len(why)} characters" if why else "nothing"
        problem = f"why: {said}; allowed: a reason of 1 to {LONGEST} characters"
        return _page(request, measurement_id, problem=problem, status=400)
    JUDGES[verb](measurement=measurement, why=why, by=user)
    return redirect("web:measurement", measurement_id=measurement.pk)


def _page(
    request: HttpRequest, measurement_id: UUID, *, problem: str = "", status: int = 200
) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    measurement = get_object_or_404(measurements_visible_to(user), pk=measurement_id)
    context = {
        "after": after,
        "measurement": measurement,
        "project": measurement.project,
        "revision": measurement.source_revision,
        "shown": measurement_shown(measurement),
        "provenance": measurement_provenance(measurement),
        "may_write": measurements_writable_by(user).filter(pk=measurement.pk).exists(),
        "problem": problem,
        "typed": request.POST.get("why", "")[:LONGEST],
        "longest": LONGEST,
    }
    return render(request, "projects/measurement.html", context, status=status)
