"""Routes of worlds and of what is trained in them."""

from django.urls import path

from qtwin.training.api.classifier import (
    ClassifierCancelView,
    ClassifierView,
    ProjectClassifiersView,
)
from qtwin.training.api.evaluation import EvaluationView, PolicyEvaluateView
from qtwin.training.api.loop import LoopCancelView, LoopView, WorldLoopsView
from qtwin.training.api.policy import (
    AllPoliciesView,
    PolicyArtifactView,
    PolicyView,
    WorldPoliciesView,
)
from qtwin.training.api.report import (
    AllReportsView,
    PolicyReportsView,
    ReportCancelView,
    ReportView,
)
from qtwin.training.api.run import (
    AllRunsView,
    CheckpointsView,
    CurveView,
    RunCancelView,
    RunView,
    WorldRunsView,
)
from qtwin.training.api.world import AllWorldsView, PosteriorView, ProjectWorldsView, WorldView

urlpatterns = [
    path("projects/<uuid:project_id>/worlds", ProjectWorldsView.as_view()),
    path("projects/<uuid:project_id>/classifiers", ProjectClassifiersView.as_view()),
    path("classifiers/<uuid:classifier_id>", ClassifierView.as_view()),
    path("classifiers/<uuid:classifier_id>:cancel", ClassifierCancelView.as_view()),
    path("worlds", AllWorldsView.as_view()),
    path("worlds/<uuid:world_id>", WorldView.as_view()),
    path("worlds/<uuid:world_id>/posterior", PosteriorView.as_view()),
    path("worlds/<uuid:world_id>/training-runs", WorldRunsView.as_view()),
    path("worlds/<uuid:world_id>/policies", WorldPoliciesView.as_view()),
    path("worlds/<uuid:world_id>/loops", WorldLoopsView.as_view()),
    path("loops/<uuid:loop_id>", LoopView.as_view()),
    path("loops/<uuid:loop_id>:cancel", LoopCancelView.as_view()),
    path("training-runs", AllRunsView.as_view()),
    path("training-runs/<uuid:run_id>", RunView.as_view()),
    path("training-runs/<uuid:run_id>:cancel", RunCancelView.as_view()),
    path("training-runs/<uuid:run_id>/curve", CurveView.as_view()),
    path("training-runs/<uuid:run_id>/checkpoints", CheckpointsView.as_view()),
    path("policies", AllPoliciesView.as_view()),
    path("policies/<uuid:policy_id>", PolicyView.as_view()),
    path("policies/<uuid:policy_id>:evaluate", PolicyEvaluateView.as_view()),
    path("policies/<uuid:policy_id>/artifact", PolicyArtifactView.as_view()),
    path("policies/<uuid:policy_id>/transfer-reports", PolicyReportsView.as_view()),
    path("evaluations/<uuid:evaluation_id>", EvaluationView.as_view()),
    path("transfer-reports", AllReportsView.as_view()),
    path("transfer-reports/<uuid:report_id>", ReportView.as_view()),
    path("transfer-reports/<uuid:report_id>:cancel", ReportCancelView.as_view()),
]
