"""How another page shows a twin, and how a paper cites it."""

from __future__ import annotations

from html import escape

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format

from qtwin.projects.models import Observable, Project
from qtwin.twins.selectors import NoTwin, twin_fit

WIDTH = 756


def embed_of(request: HttpRequest, project: Project, *, secret: str = "") -> str:
    """An ``img`` element for another page: of a public project, or by a link's secret."""
    path = (
        reverse("web:shared-picture", args=[secret])
        if secret
        else reverse("web:picture", args=[project.pk])
    )
    address = request.build_absolute_uri(path)
    return f'<img src="{escape(address)}" alt="{escape(project.name)}" width="{WIDTH}">'


def citation_of(request: HttpRequest, project: Project, observable: Observable) -> str:
    """What a paper may say; empty without a twin."""
    try:
        fit = twin_fit(project, observable.name)
    except NoTwin:
        return ""
    address = request.build_absolute_uri(reverse("web:project", args=[project.pk]))
    made = date_format(fit.version.created_at, "j F Y")
    return (
        f"{project.name}: {observable.label}. QTwin, version {fit.version.number} of {made}, "
        f"evidence digest {fit.digest[:16]}. {address}"
    )
