"""Routes of archives."""

from django.urls import path

from qtwin.archives.api.export import ProjectExportView
from qtwin.archives.api.imports import ImportsView, ImportView, ProjectImportView
from qtwin.archives.api.person import MeExportView, MeView

urlpatterns = [
    path("me", MeView.as_view()),
    path("me/export", MeExportView.as_view()),
    path("projects:import", ProjectImportView.as_view()),
    path("projects/<uuid:project_id>/export", ProjectExportView.as_view()),
    path("imports", ImportsView.as_view()),
    path("imports/<uuid:import_id>", ImportView.as_view()),
]
