"""What workers and the sweeper count and time."""

from __future__ import annotations

from qtwin.metrics.metric import Counter, Gauge, Histogram

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0)
HOURS = (1.0, 5.0, 30.0, 120.0, 600.0, 3600.0, 14400.0, 43200.0, 172800.0, 604800.0)

JOB_SECONDS = Histogram(
    name="qtwin_job_seconds",
    about="From the submission of a job to its end",
    labels=("backend", "state"),
    buckets=(0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0, 43200.0, 172800.0),
)
RUN_SECONDS = Histogram(
    name="qtwin_run_seconds",
    about="One chunk of a job in the sandbox",
    labels=("backend", "outcome"),
    buckets=SECONDS,
)
TASK_SECONDS = Histogram(
    name="qtwin_task_seconds", about="One task of a worker", labels=("task",), buckets=SECONDS
)
TASK_FAILURES = Counter(
    name="qtwin_task_failures_total",
    about="Tasks that raised what nobody expected",
    labels=("task", "error"),
)
VENDOR_QUEUE_SECONDS = Histogram(
    name="qtwin_vendor_queue_seconds",
    about="From the first try to submit until the vendor says that it runs, or has ended it",
    labels=("vendor",),
    buckets=HOURS,
)
VENDOR_CALL_SECONDS = Histogram(
    name="qtwin_vendor_call_seconds",
    about="One question to a vendor",
    labels=("backend", "call", "outcome"),
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0),
)
REPAIRS = Counter(
    name="qtwin_repairs_total",
    about="What was set right: takeover of a dead worker's job; found at the vendor after an "
    "answer was lost; incident, two runs of one submission; bill that the vendor changed",
    labels=("kind",),
)
FIT_SECONDS = Histogram(
    name="qtwin_twin_fit_seconds",
    about="One look at a twin's evidence: fitted, or known already",
    labels=("outcome",),
    buckets=SECONDS,
)
DELIVERIES = Counter(
    name="qtwin_webhook_deliveries_total",
    about="Tries to deliver, by outcome: delivered, or failed",
    labels=("outcome",),
)
WORKER_BEAT = Gauge(
    name="qtwin_worker_beat_timestamp_seconds",
    about="When the worker's loop last came round, connected to the broker",
)
SWEEP_BEAT = Gauge(
    name="qtwin_sweep_timestamp_seconds", about="When the sweeper last looked at everything"
)
SWEEP_SECONDS = Histogram(
    name="qtwin_sweep_seconds",
    about="One look at everything that is due",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
HINTS = Counter(
    name="qtwin_hints_total", about="Hints that the sweeper gave, by kind", labels=("kind",)
)
