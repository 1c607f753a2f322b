"""Vendors that a credential may be for: those that a registered backend names."""

from __future__ import annotations

from backends import registry
from backends.base import Backend
from backends.errors import UnknownBackend


def vendors() -> dict[str, list[Backend]]:
    """Backends that need a credential, by the vendor whose it is. Loads no SDK."""
    found: dict[str, list[Backend]] = {}
    for name in registry.names():
        if "+" in name:  # mitigation is around backends that are here by themselves
            continue
        backend = registry.get(name)
        queue = backend.capabilities.queue
        if queue is not None and queue.credential:
            found.setdefault(queue.credential, []).append(backend)
    return dict(sorted(found.items()))


def vendor_of(backend: str) -> str:
    """The vendor whose credential a backend needs; empty for none, and for an unknown backend."""
    try:
        queue = registry.get(backend).capabilities.queue
    except UnknownBackend:
        return ""
    return "" if queue is None else queue.credential
