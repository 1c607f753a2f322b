"""Spans: nothing at all unless tracing is on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar

from qtwin.logs.context import about
from qtwin.tracing.parent import CURRENT, trace_id

P = ParamSpec("P")
R = TypeVar("R")
Attribute = str | int | float | bool


class Span(Protocol):
    """What a block may still say of its span."""

    def name(self, name: str) -> None:
        """Call it otherwise."""

    def set(self, **attributes: Attribute) -> None:
        """Say more of it."""


class Silent:
    """The span of a process that does not trace."""

    def name(self, name: str) -> None:
        """Say nothing."""

    def set(self, **attributes: Attribute) -> None:
        """Say nothing."""


SILENT = Silent()
NOTHING: AbstractContextManager[Span] = nullcontext(SILENT)


class Tracer(Protocol):
    """What makes spans: `qtwin.tracing.otel`."""

    def span(
        self,
        name: str,
        *,
        parent: str,
        links: Iterable[str],
        kind: str,
        attributes: dict[str, Attribute],
    ) -> AbstractContextManager[tuple[Span, str]]:
        """A span and its traceparent."""
        ...


_tracer: Tracer | None = None
_looked = False


def use(tracer: Tracer | None) -> None:
    """Trace with this from now on; None not to."""
    global _tracer, _looked
    _tracer, _looked = tracer, True


def tracer() -> Tracer | None:
    """What makes spans in this process, made when first asked for: a fork has its own."""
    if not _looked:
        from django.conf import settings

        if settings.TRACES == "otlp":
            from qtwin.tracing.otel import exporting

            use(exporting())
        else:
            use(None)
    return _tracer


def span(
    name: str,
    *,
    parent: str | None = None,
    links: Iterable[str] = (),
    kind: str = "internal",
    **attributes: Attribute,
) -> AbstractContextManager[Span]:
    """A block as a span.

    Args:
        parent: Traceparent of what it belongs to, from another process or time; None for what this
            process is doing now, empty for a trace of its own.
        links: Traceparents of what else led to it.
        kind: ``internal``, ``server``, ``client``, ``producer`` or ``consumer``.
        attributes: Names and ids, never what people wrote.
    """
    made = tracer()
    if made is None:
        return NOTHING if parent is None else _inside(parent)
    above = CURRENT.get() if parent is None else parent
    return _traced(made.span(name, parent=above, links=links, kind=kind, attributes=attributes))


@contextmanager
def _inside(parent: str) -> Iterator[Span]:
    token = CURRENT.set(parent)
    try:
        with about(trace_id=trace_id(parent)):
            yield SILENT
    finally:
        CURRENT.reset(token)


@contextmanager
def _traced(made: AbstractContextManager[tuple[Span, str]]) -> Iterator[Span]:
    with made as (begun, traceparent):
        token = CURRENT.set(traceparent)
        try:
            with about(trace_id=trace_id(traceparent)):
                yield begun
        finally:
            CURRENT.reset(token)


def spanned(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorates a function: each call is a span."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def run(*args: P.args, **named: P.kwargs) -> R:
            with span(name):
                return function(*args, **named)

        return run

    return decorate
