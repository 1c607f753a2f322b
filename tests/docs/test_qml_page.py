"""The page about quantum machine learning: its code runs, and does what it says."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.docs.fences import blocks


def test_the_kernel_of_the_page_is_repaired_and_predicts() -> None:
    names: dict[str, Any] = {}
    (code,) = blocks("qml.md", "python")
    exec(code, names)
    mended = names["mended"]
    assert (mended.negative, round(mended.lowest, 3)) == (2, -0.094)
    assert round(mended.relative_change, 3) == 0.017
    assert np.linalg.eigvalsh(mended.kernel).min() > -1e-12
    truth = np.sin(2 * names["new"][:, 0]) + names["new"][:, 1]
    assert np.abs(names["found"].values - truth).max() < 0.5
    assert round(names["effect"].rms, 1) == 1.5
