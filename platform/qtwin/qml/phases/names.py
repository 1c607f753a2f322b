"""The names of the classifiers that are compared; known without loading them."""

from __future__ import annotations

from typing import Final

BASELINE: Final = "logistic_correlations"
"""The stronger classical one, which sees what the others see."""
CLASSICAL: Final = ("logistic_means", BASELINE)
TITLES: Final = {
    "overlap_kernel": "Quantum kernel: overlap of the measured distributions",
    "zz_kernel": "Quantum kernel: zz feature map, from shots",
    "variational": "Variational classifier, from shots",
    "logistic_means": "Logistic regression: bits",
    BASELINE: "Logistic regression: bits and pairs",
}
NAMES: Final = tuple(TITLES)
