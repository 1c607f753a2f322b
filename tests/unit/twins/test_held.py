"""A predictor holds fits by what they weigh."""

from __future__ import annotations

from functools import partial

import numpy as np

from qtwin.fusion.models import fit_model, load_fit
from qtwin.twins.predictor.held import Held, size_of
from tests.fits import quick
from tests.unit.fusion.rich import rich


def fails() -> bytes:
    raise AssertionError("it was held")


def test_the_longest_unused_go_when_all_are_too_large_and_the_last_one_stays() -> None:
    held: Held[np.ndarray] = Held(1000)
    half = partial(np.zeros, 500, dtype=np.uint8)
    for key in "ab":
        held.get(key, half)
    held.get("a", fails)  # type: ignore[arg-type]
    held.get("c", half)
    held.get("a", fails)  # type: ignore[arg-type]
    assert len(held) == 2, "b was unused for longest"
    held.get("large", partial(np.zeros, 5000, dtype=np.uint8))
    assert len(held) == 1
    held.get("large", fails)  # type: ignore[arg-type]


def test_an_array_counts_once_and_a_view_as_what_it_keeps_alive() -> None:
    array = np.zeros(1000)
    assert size_of([array, {"again": array}, (array[:1],)]) == 8000


def test_most_of_a_fit_is_counted() -> None:
    with quick():
        stored = fit_model(rich(0), seed=0).to_bytes()
    fit = load_fit(stored)
    assert size_of(fit) > 0.5 * len(stored)
    before = size_of(fit)
    fit.predict(np.linspace(0.3, 2.5, 7)[:, None])
    assert size_of(fit) >= before
