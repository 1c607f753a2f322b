"""Comparisons of classifiers: the list with its form, and one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.jobs.feed import latest_event_id
from qtwin.jobs.selectors import jobs_visible_to
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.training.api.classifier import ClassifierInput
from qtwin.training.models import Classifier
from qtwin.training.selectors import classifiers_visible_to, classifiers_writable_by
from qtwin.training.services import classifier_create, work_cancel
from qtwin.web.cursor import page_of
from qtwin.web.typed import typed_uuid
from qtwin.web.worlds.classifier_form import ClassifierForm
from qtwin.web.worlds.forms import checked
from qtwin.web.worlds.listed import classifier_title, listed_classifiers
from qtwin.web.worlds.studied import studied

PHASES_KEY = (
    "The stronger the colour, the more of the readings of a point are called above the transition",
    "Dashed: the transition; shaded: too near to it for a label",
)
LOSSES_KEY = (
    "A line for each fold: the mean loss of a window of steps, with its 95 % band",
    "Dots: where training stopped",
)
MOST_JOBS = 20
"""Whose shots were read, that the page links."""


@login_required
@require_safe
def classifier_list(request: HttpRequest) -> HttpResponse:
    """Comparisons of a project, with a form to ask for one; or of all projects."""
    user: Any = request.user
    asked = typed_uuid(request.GET.get("project", ""))
    project = None if asked is None else projects_visible_to(user).filter(pk=asked).first()
    may = project and projects_writable_by(user).filter(pk=project.pk).exists()
    return _list(request, project, ClassifierForm(project=project) if project and may else None)


def _list(
    request: HttpRequest, project: Project | None, form: ClassifierForm | None
) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    rows = classifiers_visible_to(user)
    if project is not None:
        rows = rows.filter(project=project)
    page, following = page_of(rows, request.GET.get("after", ""))
    context = {
        "after": after,
        "project": project,
        "filtered": f"project={project.pk}" if project else "",
        "classifiers": listed_classifiers(page),
        "following": following,
        "form": form,
    }
    return render(request, "worlds/classifiers.html", context, status=form.status if form else 200)


@login_required
@require_POST
def classifier_begin(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Ask for a comparison; the list again where it is refused."""
    user: Any = request.user
    project = get_object_or_404(projects_writable_by(user), pk=project_id)
    form = ClassifierForm(project=project, typed=request.POST)

    def make() -> Classifier:
        asked = checked(ClassifierInput, form.body())
        return classifier_create(project=project, asked=asked, by=user)

    row = form.made(make)
    if row is None:
        return _list(request, project, form)
    return redirect("web:classifier", classifier_id=row.pk)


@login_required
@require_safe
def classifier_page(request: HttpRequest, classifier_id: UUID) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    row = get_object_or_404(classifiers_visible_to(user), pk=classifier_id)
    may_write = classifiers_writable_by(user).filter(pk=row.pk).exists()
    read = row.document.get("jobs") or []
    jobs = jobs_visible_to(user).filter(pk__in=read[:MOST_JOBS])
    context = {
        "after": after,
        "classifier": row,
        "title": classifier_title(row),
        "study": studied(row),
        "phases_key": PHASES_KEY,
        "losses_key": LOSSES_KEY,
        "jobs": list(jobs.select_related("source_revision__source")),
        "job_count": len(read),
        "may_cancel": may_write and not row.has_ended and row.cancel_requested_at is None,
    }
    return render(request, "worlds/classifier.html", context)


@login_required
@require_POST
def classifier_cancel(request: HttpRequest, classifier_id: UUID) -> HttpResponse:
    """Stop it after the classifier that is being trained."""
    user: Any = request.user
    row = get_object_or_404(classifiers_writable_by(user), pk=classifier_id)
    work_cancel(work=row, by=user)
    return redirect("web:classifier", classifier_id=row.pk)
