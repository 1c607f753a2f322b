"""Routes of twins."""

from django.urls import path

from qtwin.twins.api.derivatives import DerivativesView
from qtwin.twins.api.functionals import FunctionalsView
from qtwin.twins.api.predict import CurveView, PredictView, TwinView, VersionsView
from qtwin.twins.api.samples import SamplesView

urlpatterns = [
    path("projects/<uuid:project_id>/twin", TwinView.as_view()),
    path("projects/<uuid:project_id>/twin/versions", VersionsView.as_view()),
    path("projects/<uuid:project_id>/twin/curve", CurveView.as_view()),
    path("projects/<uuid:project_id>/twin:predict", PredictView.as_view()),
    path("projects/<uuid:project_id>/twin:samples", SamplesView.as_view()),
    path("projects/<uuid:project_id>/twin:derivatives", DerivativesView.as_view()),
    path("projects/<uuid:project_id>/twin:functionals", FunctionalsView.as_view()),
]
