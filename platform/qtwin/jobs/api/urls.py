"""Routes of jobs."""

from django.urls import path

from qtwin.jobs.api.actions import (
    JobCancelView,
    JobHoldView,
    JobReleaseView,
    JobRetryView,
    MeasurementInvalidateView,
    MeasurementRestoreView,
)
from qtwin.jobs.api.approve import JobApproveView
from qtwin.jobs.api.calibration import CalibrationsView, CalibrationView
from qtwin.jobs.api.dataset import (
    DatasetInvalidateView,
    DatasetRestoreView,
    DatasetsView,
    DatasetView,
)
from qtwin.jobs.api.estimate import EstimateView
from qtwin.jobs.api.events import EventsView, JobEventsView, ProjectEventsView
from qtwin.jobs.api.job import (
    AllJobsView,
    JobMeasurementsView,
    JobView,
)
from qtwin.jobs.api.many import JobsCancelView, JobsRetryView
from qtwin.jobs.api.measurement import ProjectMeasurementsView
from qtwin.jobs.api.parts import (
    JobAttemptsView,
    JobLogsView,
    JobProvenanceView,
    JobRawsView,
    JobRawView,
    JobWaitingReasonView,
)
from qtwin.jobs.api.provenance import (
    JobIdentityView,
    MeasurementCovarianceView,
    MeasurementProvenanceView,
    MeasurementRawView,
)
from qtwin.jobs.api.recording import RecordingsView
from qtwin.jobs.api.replay import JobReplayReportView, JobReplayView
from qtwin.jobs.api.submit import JobsView

urlpatterns = [
    path("backends/<str:name>/calibrations", CalibrationsView.as_view()),
    path("backends/<str:name>/calibrations/<int:calibration_id>", CalibrationView.as_view()),
    path("events", EventsView.as_view()),
    path("jobs", AllJobsView.as_view()),
    path("jobs:cancel", JobsCancelView.as_view()),
    path("jobs:retry", JobsRetryView.as_view()),
    path("jobs/<uuid:job_id>", JobView.as_view()),
    path("jobs/<uuid:job_id>:cancel", JobCancelView.as_view()),
    path("jobs/<uuid:job_id>:hold", JobHoldView.as_view()),
    path("jobs/<uuid:job_id>:release", JobReleaseView.as_view()),
    path("jobs/<uuid:job_id>:retry", JobRetryView.as_view()),
    path("jobs/<uuid:job_id>:approve", JobApproveView.as_view()),
    path("jobs/<uuid:job_id>/events", JobEventsView.as_view()),
    path("jobs/<uuid:job_id>/measurements", JobMeasurementsView.as_view()),
    path("jobs/<uuid:job_id>/attempts", JobAttemptsView.as_view()),
    path("jobs/<uuid:job_id>/logs", JobLogsView.as_view()),
    path("jobs/<uuid:job_id>/provenance", JobProvenanceView.as_view()),
    path("jobs/<uuid:job_id>/raw", JobRawsView.as_view()),
    path("jobs/<uuid:job_id>/raw/<slug:sha256>", JobRawView.as_view()),
    path("jobs/<uuid:job_id>/waiting-reason", JobWaitingReasonView.as_view()),
    path("jobs/<uuid:job_id>/identity", JobIdentityView.as_view()),
    path("jobs/<uuid:job_id>:replay", JobReplayView.as_view()),
    path("jobs/<uuid:job_id>/replay-report", JobReplayReportView.as_view()),
    path("measurements/<uuid:measurement_id>:invalidate", MeasurementInvalidateView.as_view()),
    path("measurements/<uuid:measurement_id>:restore", MeasurementRestoreView.as_view()),
    path("measurements/<uuid:measurement_id>/provenance", MeasurementProvenanceView.as_view()),
    path("measurements/<uuid:measurement_id>/covariance", MeasurementCovarianceView.as_view()),
    path("measurements/<uuid:measurement_id>/raw", MeasurementRawView.as_view()),
    path("datasets/<uuid:dataset_id>", DatasetView.as_view()),
    path("datasets/<uuid:dataset_id>:invalidate", DatasetInvalidateView.as_view()),
    path("datasets/<uuid:dataset_id>:restore", DatasetRestoreView.as_view()),
    path("projects/<uuid:project_id>/datasets", DatasetsView.as_view()),
    path("projects/<uuid:project_id>/recordings", RecordingsView.as_view()),
    path("projects/<uuid:project_id>/events", ProjectEventsView.as_view()),
    path("projects/<uuid:project_id>/estimate", EstimateView.as_view()),
    path("projects/<uuid:project_id>/jobs", JobsView.as_view()),
    path("projects/<uuid:project_id>/measurements", ProjectMeasurementsView.as_view()),
]
