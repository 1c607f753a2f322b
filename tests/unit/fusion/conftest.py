"""These tests are of the model behind every twin: it is fitted as in a product."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def _quick_fits() -> None:
    """None here."""
