"""Traces from a request to its measurements.

Every request has a W3C trace context, its own or the caller's, and its jobs keep it: lines of the
logs of any process name it. With ``QTWIN_TRACES=otlp`` there are OpenTelemetry spans besides;
without, nothing of OpenTelemetry is imported.
"""

from qtwin.tracing.parent import accepted, current, fresh, trace_id
from qtwin.tracing.span import span, spanned

__all__ = ["accepted", "current", "fresh", "span", "spanned", "trace_id"]
