"""Which jobs brought what a twin has not taken in yet."""

from __future__ import annotations

from qtwin.jobs.models import Job
from qtwin.tracing.span import tracer
from qtwin.twins.models import Twin

MOST = 32


def traces_of_new(twin: Twin) -> list[str]:
    """Traceparents of the jobs whose measurements came after the latest version.

    None are looked for where nothing is traced.
    """
    if tracer() is None:
        return []
    rows = Job.objects.filter(measurements__project=twin.project_id).exclude(trace="")
    last = twin.versions.order_by("-number").values_list("created_at", flat=True).first()
    if last is not None:
        rows = rows.filter(measurements__created_at__gt=last)
    newest = rows.order_by("-created_at").values_list("trace", flat=True).distinct()
    return list(newest[:MOST])
