"""The list of worlds, one world, and what people do in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from qtwin.jobs.feed import latest_event_id
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.training.api.run import RunInput
from qtwin.training.api.world import WorldInput
from qtwin.training.models import LoopRound, TrainingRun, World
from qtwin.training.selectors import (
    evaluations_visible_to,
    loops_visible_to,
    policies_visible_to,
    reports_visible_to,
    runs_visible_to,
    worlds_visible_to,
    worlds_writable_by,
)
from qtwin.training.services import run_create, world_create, world_delete
from qtwin.training.states import State
from qtwin.web.cursor import page_of, row_of
from qtwin.web.typed import typed_uuid
from qtwin.web.worlds.forms import TrainingForm, UploadForm, WorldForm, checked, pretty
from qtwin.web.worlds.listed import listed_loops
from qtwin.web.worlds.loop_form import LoopForm
from qtwin.web.worlds.plotted import goal_of, rollout_shown
from qtwin.web.worlds.spaces import actions_of, facts_of, rewards_of
from qtwin.web.worlds.spread import spread_of

MOST = 20
"""Runs, policies, reports and loops that a world's page lists."""


@login_required
@require_safe
def world_list(request: HttpRequest) -> HttpResponse:
    """Worlds of a project, with a form to make one; or of all projects."""
    user: Any = request.user
    asked = typed_uuid(request.GET.get("project", ""))
    project = None if asked is None else projects_visible_to(user).filter(pk=asked).first()
    return _list(request, project, _form(request, project))


def _form(request: HttpRequest, project: Project | None) -> WorldForm | None:
    """None for who may not make one."""
    user: Any = request.user
    if project is None or not projects_writable_by(user).filter(pk=project.pk).exists():
        return None
    form = WorldForm(project=project, like=row_of(worlds_visible_to(user), _text(request, "like")))
    asked = _text(request, "start")
    form.start = asked if asked in {one.kind for one in form.starts} else form.start
    return form


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "")


def _list(request: HttpRequest, project: Project | None, form: WorldForm | None) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    rows = worlds_visible_to(user)
    if project is not None:
        rows = rows.filter(project=project)
    page, following = page_of(rows, _text(request, "after"))
    context = {
        "after": after,
        "project": project,
        "filtered": f"project={project.pk}" if project else "",
        "worlds": page,
        "following": following,
        "form": form,
        "opened": bool(form and (form.errors or form.like or _text(request, "start"))),
    }
    return render(request, "worlds/list.html", context, status=form.status if form else 200)


@login_required
@require_POST
def world_create_action(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Make a world of the document that was typed; the list again where it is refused."""
    user: Any = request.user
    project = get_object_or_404(projects_writable_by(user), pk=project_id)
    form = WorldForm(project=project, typed=request.POST)

    def make() -> World:
        return world_create(project=project, by=user, **checked(WorldInput, form.body()))

    world = form.made(make)
    if world is None:
        return _list(request, project, form)
    return redirect("web:world", world_id=world.pk)


@login_required
@require_safe
def world_page(request: HttpRequest, world_id: UUID) -> HttpResponse:
    user: Any = request.user
    world = get_object_or_404(worlds_visible_to(user), pk=world_id)
    return show_world(request, world)


def show_world(
    request: HttpRequest,
    world: World,
    *,
    form: TrainingForm | None = None,
    upload: UploadForm | None = None,
    loop_form: LoopForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page.

    Args:
        form: A training run that was refused.
        upload: A policy that was sent and refused.
        loop_form: A loop that was refused.
    """
    user: Any = request.user
    after = latest_event_id()
    may_write = worlds_writable_by(user).filter(pk=world.pk).exists()
    played = evaluations_visible_to(user).filter(policy__world=world, state=State.DONE).first()
    context = {
        "after": after,
        "world": world,
        "goal": goal_of(world),
        "actions": actions_of(world),
        "facts": facts_of(world),
        "rewards": rewards_of(world),
        "spread": spread_of(world),
        "document": pretty(world.document),
        "calibration": pretty(world.calibration) if world.calibration else "",
        "rollout": rollout_shown(played) if played else None,
        "runs": list(runs_visible_to(user).filter(world=world)[:MOST]),
        "policies": list(policies_visible_to(user).filter(world=world)[:MOST]),
        "reports": list(reports_visible_to(user).filter(world=world)[:MOST]),
        "loops": listed_loops(loops_visible_to(user).filter(world=world)[:MOST]),
        "made_by": LoopRound.objects.filter(world=world, number__gt=1).first(),
        "may_write": may_write,
        "loop_form": (loop_form or LoopForm(world=world)) if may_write else None,
        "form": (form or TrainingForm()) if may_write else None,
        "upload": (upload or UploadForm()) if may_write and world.state == State.DONE else None,
    }
    return render(request, "worlds/page.html", context, status=status)


@login_required
@require_POST
def world_hide(request: HttpRequest, world_id: UUID) -> HttpResponse:
    """Hide it with all that was trained in it."""
    user: Any = request.user
    world = get_object_or_404(worlds_writable_by(user), pk=world_id)
    world_delete(world=world, by=user)
    return redirect(f"{reverse('web:worlds')}?project={world.project_id}")


@login_required
@require_POST
def training_create(request: HttpRequest, world_id: UUID) -> HttpResponse:
    """Train an agent; the world's page again where that is refused."""
    user: Any = request.user
    world = get_object_or_404(worlds_writable_by(user), pk=world_id)
    form = TrainingForm(typed=request.POST)

    def make() -> TrainingRun:
        return run_create(world=world, by=user, **checked(RunInput, form.body()))

    run = form.made(make)
    if run is None:
        return show_world(request, world, form=form, status=form.status)
    return redirect("web:training-run", run_id=run.pk)
