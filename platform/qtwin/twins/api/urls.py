"""Routes of twins."""

from django.urls import path

from qtwin.twins.api.predict import CurveView, PredictView, TwinView, VersionsView

urlpatterns = [
    path("projects/<uuid:project_id>/twin", TwinView.as_view()),
    path("projects/<uuid:project_id>/twin/versions", VersionsView.as_view()),
    path("projects/<uuid:project_id>/twin/curve", CurveView.as_view()),
    path("projects/<uuid:project_id>/twin:predict", PredictView.as_view()),
]
