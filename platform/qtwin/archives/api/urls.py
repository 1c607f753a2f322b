"""Routes of archives."""

from django.urls import path

from qtwin.archives.api.archive import ProjectExportView, ProjectImportView

urlpatterns = [
    path("projects:import", ProjectImportView.as_view()),
    path("projects/<uuid:project_id>/export", ProjectExportView.as_view()),
]
