"""Spans of OpenTelemetry. Imported only by processes that trace."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)

from qtwin.tracing.parent import accepted
from qtwin.tracing.span import Attribute

MOST_LINKS = 32


class OtelSpan:
    """A span that is open."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def name(self, name: str) -> None:
        self._span.update_name(name)

    def set(self, **attributes: Attribute) -> None:
        for key, value in attributes.items():
            self._span.set_attribute(f"qtwin.{key}", value)


class OtelTracer:
    """Args: provider: Where spans go."""

    def __init__(self, provider: TracerProvider) -> None:
        self.provider = provider
        self._tracer = provider.get_tracer("qtwin")

    @contextmanager
    def span(
        self,
        name: str,
        *,
        parent: str,
        links: Iterable[str],
        kind: str,
        attributes: dict[str, Attribute],
    ) -> Iterator[tuple[OtelSpan, str]]:
        """A span and its traceparent. Of what was raised it keeps the kind, never the words."""
        above = context_of(parent)
        made = self._tracer.start_span(
            name,
            context=None if above is None else trace.set_span_in_context(NonRecordingSpan(above)),
            kind=SpanKind[kind.upper()],
            links=_links(links),
            attributes={f"qtwin.{key}": value for key, value in attributes.items()},
        )
        with trace.use_span(
            made, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ):
            try:
                yield OtelSpan(made), _traceparent(made.get_span_context())
            except BaseException as error:
                made.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise


def exporting() -> OtelTracer:
    """Sends spans where the ``OTEL_*`` variables say, in the background."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    service = os.environ.get("OTEL_SERVICE_NAME", f"qtwin-{_role()}")
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OtelTracer(provider)


def context_of(traceparent: str) -> SpanContext | None:
    """A remote span's context; None for what is no traceparent."""
    if not accepted(traceparent):
        return None
    _, trace_id, span_id, flags = traceparent.split("-")
    return SpanContext(
        int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))
    )


def _links(traceparents: Iterable[str]) -> list[Link]:
    found = (context_of(one) for one in list(traceparents)[:MOST_LINKS])
    return [Link(context) for context in found if context is not None]


def _traceparent(context: SpanContext) -> str:
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def _role() -> str:
    words = " ".join(sys.argv)
    if "sweeper" in words:
        return "sweeper"
    return "worker" if "celery" in words else "web"
