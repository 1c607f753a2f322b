"""A team with something of every kind, as the matrix of access has it."""

from __future__ import annotations

from tests.integration.access.conftest import scene

__all__ = ["scene"]
