"""What the database may have forgotten, because a backup of it was put back."""

from __future__ import annotations

from qtwin.jobs.models import Job, Restore, Submission


def job_restored(job: Job) -> bool:
    """Whether a backup was put back after the job was made, and nobody let its part go since."""
    last = Restore.objects.filter(created_at__gte=job.created_at).order_by("-created_at").first()
    if last is None:
        return False
    void = Submission.State.VOID
    part = job.submissions.exclude(state=void).count()
    let_go = job.submissions.filter(part=part, state=void, settled_at__gte=last.created_at)
    return not let_go.exists()


def submission_restored(submission: Submission) -> bool:
    """Whether a backup was put back after it was begun, so that more may have become of it."""
    return Restore.objects.filter(created_at__gte=submission.started_at).exists()
