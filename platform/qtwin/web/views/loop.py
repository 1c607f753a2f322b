"""Loops: the list, one of them with its rounds, and what people do with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.campaigns.api.input import read_steps
from qtwin.jobs.feed import latest_event_id
from qtwin.projects.selectors import projects_visible_to
from qtwin.training.api.loop import TrainingLoopInput
from qtwin.training.models import Loop
from qtwin.training.selectors import loops_visible_to, loops_writable_by, worlds_writable_by
from qtwin.training.services import loop_create, work_cancel
from qtwin.web.cursor import page_of
from qtwin.web.typed import typed_uuid
from qtwin.web.views.world import show_world
from qtwin.web.worlds.forms import checked, pretty
from qtwin.web.worlds.listed import listed_loops, loop_title
from qtwin.web.worlds.loop_form import LoopForm
from qtwin.web.worlds.rounds import rounds_of


@login_required
@require_safe
def loop_list(request: HttpRequest) -> HttpResponse:
    """Loops of all worlds, or of a project's."""
    user: Any = request.user
    after = latest_event_id()
    asked = typed_uuid(request.GET.get("project", ""))
    project = None if asked is None else projects_visible_to(user).filter(pk=asked).first()
    rows = loops_visible_to(user)
    if project is not None:
        rows = rows.filter(world__project=project)
    page, following = page_of(rows, request.GET.get("after", ""))
    context = {
        "after": after,
        "project": project,
        "filtered": f"project={project.pk}" if project else "",
        "loops": listed_loops(page),
        "following": following,
    }
    return render(request, "worlds/loops.html", context)


@login_required
@require_safe
def loop_page(request: HttpRequest, loop_id: UUID) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    loop = get_object_or_404(loops_visible_to(user), pk=loop_id)
    may_write = loops_writable_by(user).filter(pk=loop.pk).exists()
    learner = dict(loop.asked.get("learner") or {})
    context = {
        "after": after,
        "loop": loop,
        "title": loop_title(loop),
        "learner": learner.pop("kind", ""),
        "settings": learner,
        "report": loop.asked.get("report") or {},
        "campaign": pretty(loop.asked["campaign"]) if "campaign" in loop.asked else "",
        "rounds": rounds_of(loop),
        "may_cancel": may_write and not loop.has_ended and loop.cancel_requested_at is None,
    }
    return render(request, "worlds/loop.html", context)


@login_required
@require_POST
def loop_begin(request: HttpRequest, world_id: UUID) -> HttpResponse:
    """Begin a loop in a world; the world's page again where that is refused."""
    user: Any = request.user
    world = get_object_or_404(worlds_writable_by(user), pk=world_id)
    form = LoopForm(world=world, typed=request.POST)

    def make() -> Loop:
        asked = checked(TrainingLoopInput, form.body())
        campaign = read_steps(asked["campaign"])
        return loop_create(world=world, by=user, may_spend=True, **asked | {"campaign": campaign})

    loop = form.made(make)
    if loop is None:
        return show_world(request, world, loop_form=form, status=form.status)
    return redirect("web:loop", loop_id=loop.pk)


@login_required
@require_POST
def loop_cancel(request: HttpRequest, loop_id: UUID) -> HttpResponse:
    """Stop it with what its round has under way; the page that follows says what it came to."""
    user: Any = request.user
    loop = get_object_or_404(loops_writable_by(user), pk=loop_id)
    work_cancel(work=loop, by=user)
    return redirect("web:loop", loop_id=loop.pk)
