"""The names of the classifiers that are compared; known without loading them."""

from __future__ import annotations

from typing import Final

BASELINE: Final = "logistic_correlations"
"""The stronger classical one, which sees what the others see."""
NAMES: Final = ("overlap_kernel", "zz_kernel", "variational", "logistic_means", BASELINE)
