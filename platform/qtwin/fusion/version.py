"""Versions that travel with every stored fit."""

from typing import Final

FUSION_VERSION: Final = "4"
"""Changes whenever the same observations and seed would give other numbers."""

SCHEMA_VERSION: Final = 2
"""Layout of the archive that a fit is stored in."""
