"""Each measurement costs less: short digests in their index, and no place for keys it has not."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from qtwin.jobs.models.measurement import Beginning
from qtwin.migrating import (
    AddIndexConcurrently,
    DropForeignKeyIndexConcurrently,
    RemoveIndexConcurrently,
)


def _given(name: str) -> models.Index:
    return models.Index(
        fields=[name],
        name=f"measurement_by_{name}",
        condition=models.Q(**{f"{name}__isnull": False}),
    )


def _optional(to: str) -> Any:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
    )


MODEL = "measurement"
OPTIONAL = {
    "covariance": "projects.artifact",
    "raw": "projects.artifact",
    "calibration": "jobs.calibration",
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("jobs", "0019_covered_indexes"), ("projects", "0014_spends_for")]
    operations = [
        AddIndexConcurrently(
            MODEL,
            models.Index("source_revision", Beginning("identity"), name="measurement_by_question"),
        ),
        RemoveIndexConcurrently(MODEL, "measurement_by_identity"),
        *(
            DropForeignKeyIndexConcurrently(MODEL, name, _optional(to))
            for name, to in OPTIONAL.items()
        ),
        *(AddIndexConcurrently(MODEL, _given(name)) for name in OPTIONAL),
    ]
