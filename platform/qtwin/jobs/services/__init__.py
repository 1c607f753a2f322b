"""Every write to a job."""

from qtwin.jobs.services.attempt import attempt_begin, attempt_end
from qtwin.jobs.services.cancel import job_cancel, job_finish_cancelled
from qtwin.jobs.services.chunk import chunk_record
from qtwin.jobs.services.fail import job_fail, job_try_again
from qtwin.jobs.services.lease import claim, renew
from qtwin.jobs.services.move import LeaseLost, move
from qtwin.jobs.services.request import RequestConflict, request_submit
from qtwin.jobs.services.submit import JobSpec, job_submit
from qtwin.jobs.services.validity import measurement_invalidate, measurement_restore

__all__ = [
    "JobSpec",
    "LeaseLost",
    "RequestConflict",
    "attempt_begin",
    "attempt_end",
    "chunk_record",
    "claim",
    "job_cancel",
    "job_fail",
    "job_finish_cancelled",
    "job_submit",
    "job_try_again",
    "measurement_invalidate",
    "measurement_restore",
    "move",
    "renew",
    "request_submit",
]
