from typing import Any

from django.db import migrations, models

from backends import registry
from backends.errors import UnknownBackend


def state_limits(apps: Any, schema_editor: Any) -> None:
    """Revisions that were made before say what their backends say now."""
    for revision in apps.get_model("projects", "SourceRevision").objects.iterator():
        try:
            limits = registry.get(revision.backend).limits(revision.method, revision.settings)
        except UnknownBackend:
            continue
        revision.knobs = [limit.to_dict() for limit in limits]
        revision.save(update_fields=["knobs"])


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="sourcerevision",
            name="knobs",
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(state_limits, migrations.RunPython.noop),
    ]
