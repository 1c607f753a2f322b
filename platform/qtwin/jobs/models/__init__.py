"""Tables of jobs, what happened to them and what they measured."""

from qtwin.jobs.models.attempt import Attempt
from qtwin.jobs.models.calibration import Calibration
from qtwin.jobs.models.correction import BillCorrection
from qtwin.jobs.models.event import Event
from qtwin.jobs.models.failure import PointFailure
from qtwin.jobs.models.job import Job, JobRequest
from qtwin.jobs.models.measurement import Measurement, Validity
from qtwin.jobs.models.restore import Restore
from qtwin.jobs.models.reuse import Reuse
from qtwin.jobs.models.run import Run
from qtwin.jobs.models.submission import Submission
from qtwin.jobs.states import State

__all__ = [
    "Attempt",
    "BillCorrection",
    "Calibration",
    "Event",
    "Job",
    "JobRequest",
    "Measurement",
    "PointFailure",
    "Restore",
    "Reuse",
    "Run",
    "State",
    "Submission",
    "Validity",
]
