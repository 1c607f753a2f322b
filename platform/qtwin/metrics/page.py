"""What whoever asks for metrics is told: by whom it may be asked, and in which form."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from django.conf import settings
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from qtwin.metrics.registry import answering

PATH = "/metrics"
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def allowed(authorization: str) -> bool:
    """Whether a request's header carries the token of this installation, where there is one."""
    token = str(settings.METRICS_TOKEN)
    return not token or hmac.compare_digest(
        authorization.encode("utf-8", "replace"), f"Bearer {token}".encode()
    )


def page(*collectors: Collector) -> bytes:
    """The metrics of this process, or of all that share its folder, and of the collectors."""
    return b"".join(generate_latest(registry) for registry in _registries(collectors))


def _registries(collectors: Iterable[Collector]) -> Iterable[CollectorRegistry]:
    yield answering()
    for collector in collectors:
        alone = CollectorRegistry(auto_describe=False)
        alone.register(collector)
        yield alone
