"""Vendors that a credential may be for: those that a registered backend names."""

from __future__ import annotations

from backends import registry
from backends.base import Backend


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
