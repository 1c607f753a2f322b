"""A predictor holds fits by what they weigh."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from qtwin.fusion.models import fit_model, load_fit
from qtwin.twins.predictor.held import Held, size_of
from tests.fits import quick
from tests.unit.fusion.rich import rich


def fails() -> bytes:
    raise AssertionError("it was held")


def test_the_longest_unused_go_when_all_are_too_large_and_the_last_one_stays() -> None:
    held: Held[np.ndarray] = Held(1000, unused_s=60)
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


def test_what_nobody_asks_for_goes() -> None:
    now = [0.0]
    held: Held[bytes] = Held(1000, unused_s=60, clock=lambda: now[0])
    for at, key in ((0, "old"), (30, "used"), (59, "new"), (89, "used")):
        now[0] = at
        held.get(key, lambda: b"made")
    assert len(held) == 2, "old was last used 89 s ago"
    now[0] = 500
    assert held.get("used", fails) == b"made", "the one that is asked for stays"
    assert len(held) == 1


def test_what_could_not_be_made_is_not_held() -> None:
    held: Held[bytes] = Held(1000, unused_s=60)
    with pytest.raises(AssertionError):
        held.get("a", fails)
    assert len(held) == 0
    assert held.get("a", lambda: b"made") == b"made"


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
