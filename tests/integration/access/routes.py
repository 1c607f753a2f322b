"""Every address of the server with every method that it takes, read from the URL configuration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern, such as ``api/v1/jobs/<uuid:job_id>``, and one method."""

    pattern: str
    method: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.pattern}"


def routes(prefix: str) -> list[Route]:
    """All that start with a prefix."""
    found = _walk(get_resolver().url_patterns, "")
    return [
        Route(pattern, method)
        for pattern, view in found
        if pattern.startswith(prefix)
        for method in METHODS
        if hasattr(getattr(view, "cls", None), method)
    ]


def patterns() -> list[str]:
    """All, of the interface and of pages."""
    return [pattern for pattern, _ in _walk(get_resolver().url_patterns, "")]


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        own = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, own)
        elif isinstance(entry, URLPattern):
            yield own, entry.callback
