"""What lines of a log belong to: a request, a trace, a task, a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

NOTHING: Mapping[str, str] = {}
_FACTS: ContextVar[Mapping[str, str]] = ContextVar("qtwin_log_facts", default=NOTHING)


def facts() -> Mapping[str, str]:
    """What a line that is written now belongs to."""
    return _FACTS.get()


@contextmanager
def about(**more: str) -> Iterator[None]:
    """Every line within the block says this too."""
    token = _FACTS.set({**_FACTS.get(), **more})
    try:
        yield
    finally:
        _FACTS.reset(token)
