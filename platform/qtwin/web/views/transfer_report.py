"""One transfer report: the ladder of its stages, the gap, and the comparison."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.jobs.feed import latest_event_id
from qtwin.training.selectors import reports_visible_to, reports_writable_by
from qtwin.training.services import work_cancel
from qtwin.web.worlds.ladder import ladder_of
from qtwin.web.worlds.plotted import goal_of


@login_required
@require_safe
def transfer_report_page(request: HttpRequest, report_id: UUID) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    report = get_object_or_404(reports_visible_to(user), pk=report_id)
    may_write = reports_writable_by(user).filter(pk=report.pk).exists()
    context = {
        "after": after,
        "report": report,
        "goal": goal_of(report.world),
        "ladder": ladder_of(report),
        "may_cancel": may_write and not report.has_ended and report.cancel_requested_at is None,
    }
    return render(request, "worlds/transfer_report.html", context)


@login_required
@require_POST
def transfer_report_cancel(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Stop it, and its job; stages that are done stay."""
    user: Any = request.user
    report = get_object_or_404(reports_writable_by(user), pk=report_id)
    work_cancel(work=report, by=user)
    return redirect("web:transfer-report", report_id=report.pk)
