"""The one place where the platform hands work to whatever runs it."""

from __future__ import annotations

import logging

from django.utils.module_loading import import_string

from qtwin import tracing

log = logging.getLogger(__name__)


def send(dispatcher: str, identifier: str) -> None:
    """Call a dispatcher. Only a hint: the sweeper finds what a dead broker never heard of."""
    try:
        with tracing.span("hint", kind="producer", to=dispatcher, id=identifier):
            import_string(dispatcher)(identifier)
    except Exception as error:  # whatever the broker's client raises, the caller must not fail
        log.warning("%s: no hint for %s: %s", dispatcher, identifier, type(error).__name__)
