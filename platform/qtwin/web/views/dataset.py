"""The form of a project's page that imports published or lab data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from rest_framework.exceptions import APIException

from qtwin.jobs.api.dataset import import_from
from qtwin.projects.selectors import projects_writable_by
from qtwin.rest.problem import errors_of
from qtwin.web.datasets import DatasetForm
from qtwin.web.views.project import show_project


@login_required
@require_POST
def dataset_create(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Import a file; the page comes back with what is wrong where it cannot be."""
    user: Any = request.user
    project = get_object_or_404(projects_writable_by(user).select_related("team"), pk=project_id)
    file: Any = request.FILES.get("file")
    form, status = DatasetForm(project=project, typed=request.POST, file=file), 400
    try:
        import_from(form.body(), project=project, by=user)
    except ValueError as error:
        form.errors.append({"pointer": "", "detail": str(error)})
    except APIException as error:
        form.errors.extend(errors_of(error))
        status = error.status_code
    if form.errors:
        return show_project(request, project, form=form, status=status)
    return redirect(f"{reverse('web:project', args=[project.pk])}#data-title")
