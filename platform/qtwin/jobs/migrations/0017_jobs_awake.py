"""What is due is found among the jobs that somebody may take, however many have ended or are held."""

from django.db import migrations, models
from django.db.models import Q

from qtwin.migrating import AddIndexConcurrently

ACTIVE = ("QUEUED", "RUNNING", "SUBMITTING", "SUBMITTED", "FETCHED", "HOLD")
AWAKE = (
    ~Q(state="HOLD")
    | Q(release_requested_at__isnull=False)
    | Q(cancel_requested_at__isnull=False)
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("jobs", "0016_traces")]
    operations = [
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(
                condition=Q(state__in=ACTIVE) & AWAKE, fields=["next_run_at"], name="job_awake"
            ),
        ),
    ]
