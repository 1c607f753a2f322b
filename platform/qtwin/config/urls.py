"""URL root: the API under ``/api/v1``, everything else is the dashboard."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView

from qtwin.config.health import live, ready
from qtwin.config.schema import SchemaView
from qtwin.rest.problem import not_found

api: list[URLPattern | URLResolver] = [
    path("", include("qtwin.accounts.api.urls")),
    path("", include("qtwin.projects.api.urls")),
    path("", include("qtwin.jobs.api.urls")),
    path("", include("qtwin.twins.api.urls")),
    path("", include("qtwin.campaigns.api.urls")),
    path("", include("qtwin.training.api.urls")),
    path("", include("qtwin.comments.api.urls")),
    path("", include("qtwin.archives.api.urls")),
    path("", include("qtwin.webhooks.api.urls")),
    path("", include("qtwin.search.api.urls")),
    path("health/live", live),
    path("health/ready", ready),
    path("schema", SchemaView.as_view(), name="schema"),
    path(
        "docs",
        SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api/docs.html"),
        name="docs",
    ),
]

urlpatterns = [
    path("api/v1/", include(api)),
    re_path(r"^api/", not_found),
    path("", include("qtwin.web.urls")),
]
