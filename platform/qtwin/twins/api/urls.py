"""Routes of twins."""

from django.urls import path

from qtwin.twins.api.curve import CurveView
from qtwin.twins.api.derivatives import DerivativesView
from qtwin.twins.api.functionals import FunctionalsView
from qtwin.twins.api.plan import PlanView
from qtwin.twins.api.predict import PredictView, TwinView
from qtwin.twins.api.recommend import RunRecommendationView
from qtwin.twins.api.reliability import CalibrationView, ConflictsView
from qtwin.twins.api.samples import SamplesView
from qtwin.twins.api.surface import SurfaceView
from qtwin.twins.api.versions import ChangesView, RefitView, VersionsView, VersionView

urlpatterns = [
    path("projects/<uuid:project_id>/twin", TwinView.as_view()),
    path("projects/<uuid:project_id>/twin/versions", VersionsView.as_view()),
    path("projects/<uuid:project_id>/twin/versions/<int:number>", VersionView.as_view()),
    path("projects/<uuid:project_id>/twin/versions/<int:number>:changes", ChangesView.as_view()),
    path("projects/<uuid:project_id>/twin/curve", CurveView.as_view()),
    path("projects/<uuid:project_id>/twin/surface", SurfaceView.as_view()),
    path("projects/<uuid:project_id>/twin/calibration", CalibrationView.as_view()),
    path("projects/<uuid:project_id>/twin/conflicts", ConflictsView.as_view()),
    path("projects/<uuid:project_id>/twin:run-recommendation", RunRecommendationView.as_view()),
    path("projects/<uuid:project_id>/twin:plan", PlanView.as_view()),
    path("projects/<uuid:project_id>/twin:predict", PredictView.as_view()),
    path("projects/<uuid:project_id>/twin:refit", RefitView.as_view()),
    path("projects/<uuid:project_id>/twin:samples", SamplesView.as_view()),
    path("projects/<uuid:project_id>/twin:derivatives", DerivativesView.as_view()),
    path("projects/<uuid:project_id>/twin:functionals", FunctionalsView.as_view()),
]
