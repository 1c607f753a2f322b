"""One training run: its learning curve, what it has used, and its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.jobs.feed import latest_event_id
from qtwin.training.selectors import policies_visible_to, runs_visible_to, runs_writable_by
from qtwin.training.services import work_cancel
from qtwin.web.worlds.plotted import goal_of, learning_of

MOST_CHECKPOINTS = 20
CURVE_KEY = (
    "Line and band: mean of the favourite on fresh episodes, and its 95 % interval",
    "Dashed: the best mean of any candidate so far, which flatters",
)


@login_required
@require_safe
def training_run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    run = get_object_or_404(runs_visible_to(user), pk=run_id)
    checkpoints = run.checkpoints.select_related("artifact")
    may_write = runs_writable_by(user).filter(pk=run.pk).exists()
    context = {
        "after": after,
        "run": run,
        "goal": goal_of(run.world),
        "curve": learning_of(run),
        "curve_key": CURVE_KEY,
        "learner": run.learner.get("kind", ""),
        "settings": {name: value for name, value in run.learner.items() if name != "kind"},
        "policy": policies_visible_to(user).filter(run=run).first(),
        "checkpoints": list(checkpoints.order_by("-number")[:MOST_CHECKPOINTS]),
        "checkpoint_count": checkpoints.count(),
        "may_cancel": may_write and not run.has_ended and run.cancel_requested_at is None,
    }
    return render(request, "worlds/training_run.html", context)


@login_required
@require_POST
def training_run_cancel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Stop it; the page that follows says what it came to."""
    user: Any = request.user
    run = get_object_or_404(runs_writable_by(user), pk=run_id)
    work_cancel(work=run, by=user)
    return redirect("web:training-run", run_id=run.pk)
