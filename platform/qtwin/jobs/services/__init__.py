"""Every write to a job."""

from qtwin.jobs.services.approve import NotConfirmed, job_approve
from qtwin.jobs.services.attempt import attempt_begin, attempt_end, attempt_log
from qtwin.jobs.services.bill import bill_claim, bill_record, bill_unanswered
from qtwin.jobs.services.calibration import calibration_learn
from qtwin.jobs.services.cancel import job_cancel, job_finish_cancelled
from qtwin.jobs.services.chunk import chunk_record
from qtwin.jobs.services.collect import (
    submission_cancel_sent,
    submission_end,
    submission_fetch,
    submission_finish,
    submission_malformed,
    submission_read_again,
    submission_unread,
    submission_wait,
)
from qtwin.jobs.services.dataset import (
    DatasetConflict,
    DatasetSpec,
    Imported,
    dataset_import,
)
from qtwin.jobs.services.estimate import Estimate, job_estimate
from qtwin.jobs.services.fail import job_fail, job_try_again
from qtwin.jobs.services.hold import NotPossible, job_hold, job_release
from qtwin.jobs.services.lease import claim, renew
from qtwin.jobs.services.move import LeaseLost, move
from qtwin.jobs.services.plan import JobSpec
from qtwin.jobs.services.recording import RecordingSpec, recording_add
from qtwin.jobs.services.request import RequestConflict, request_known, request_submit
from qtwin.jobs.services.rest import rest
from qtwin.jobs.services.retry import job_retry
from qtwin.jobs.services.reuse import reuse_at_start
from qtwin.jobs.services.submission import (
    submission_accept,
    submission_begin,
    submission_doubt,
    submission_give_up,
    submission_hold,
    submission_refuse,
    submission_token,
    submission_void,
)
from qtwin.jobs.services.submit import job_submit
from qtwin.jobs.services.validity import (
    dataset_invalidate,
    dataset_restore,
    measurement_invalidate,
    measurement_restore,
)

__all__ = [
    "DatasetConflict",
    "DatasetSpec",
    "Estimate",
    "Imported",
    "JobSpec",
    "LeaseLost",
    "NotConfirmed",
    "NotPossible",
    "RecordingSpec",
    "RequestConflict",
    "attempt_begin",
    "attempt_end",
    "attempt_log",
    "bill_claim",
    "bill_record",
    "bill_unanswered",
    "calibration_learn",
    "chunk_record",
    "claim",
    "dataset_import",
    "dataset_invalidate",
    "dataset_restore",
    "job_approve",
    "job_cancel",
    "job_estimate",
    "job_fail",
    "job_finish_cancelled",
    "job_hold",
    "job_release",
    "job_retry",
    "job_submit",
    "job_try_again",
    "measurement_invalidate",
    "measurement_restore",
    "move",
    "recording_add",
    "renew",
    "request_known",
    "request_submit",
    "rest",
    "reuse_at_start",
    "submission_accept",
    "submission_begin",
    "submission_cancel_sent",
    "submission_doubt",
    "submission_end",
    "submission_fetch",
    "submission_finish",
    "submission_give_up",
    "submission_hold",
    "submission_malformed",
    "submission_read_again",
    "submission_refuse",
    "submission_token",
    "submission_unread",
    "submission_void",
    "submission_wait",
]
