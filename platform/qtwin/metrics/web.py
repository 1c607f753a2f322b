"""What a web process counts and times."""

from __future__ import annotations

from qtwin.metrics.metric import Counter, Histogram

REQUESTS = Counter(
    name="qtwin_http_requests_total",
    about="Requests by the route that answered; status 0 is a client who hung up, or a crash",
    labels=("method", "route", "status"),
)
REQUEST_SECONDS = Histogram(
    name="qtwin_http_request_seconds",
    about="From a request to the first byte of its answer, without those that wait for news",
    labels=("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0),
)
