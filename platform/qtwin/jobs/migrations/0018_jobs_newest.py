"""The newest jobs of many projects are read in order, and no others."""

from django.db import migrations, models

from qtwin.migrating import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("jobs", "0017_jobs_awake")]
    operations = [
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(fields=["-created_at", "-id"], name="job_newest"),
        ),
    ]
