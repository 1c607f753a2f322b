"""The model of docs/own-surrogate.md is one: it keeps what every model of the table must."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from qtwin.fusion import fit_model, load_fit, models
from qtwin.fusion.base import Observations, SourceSpec
from qtwin.fusion.models import Model
from tests.docs.fences import blocks
from tests.unit.fusion.synthetic import BIASED, NAN, REFERENCE, observations, reordered, truth

GRID = np.linspace(-1.0, 3.0, 21)[:, None]
SECOND = SourceSpec(name="second", role=REFERENCE.role)


@pytest.fixture(autouse=True)
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module on the import path, and its line in the table."""
    (module,) = blocks("own-surrogate.md", "python", "file: chebyshev.py")
    (line,) = blocks("own-surrogate.md", "python", "line: models.py")
    (tmp_path / "chebyshev.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    table = eval(f"{{{line}}}", {"Model": Model})
    monkeypatch.setattr(models, "MODELS", MappingProxyType({**models.MODELS, **table}))


def data(references: int) -> Observations:
    rows = [
        (x, float(truth(x)), 0.0, i % 2, NAN, NAN)
        for i, x in enumerate(np.linspace(-1, 3, references))
    ]
    cheap = [(x, float(truth(x)) + 0.2, 0.0, 2, NAN, NAN) for x in np.linspace(-1, 3, 5)]
    return observations([*rows, *cheap], (REFERENCE, SECOND, BIASED))


def test_what_the_page_tries_holds() -> None:
    (code,) = blocks("own-surrogate.md", "python", "try it")
    exec(compile(code, "docs/own-surrogate.md", "exec"), {})


def test_the_budget_and_the_shares_are_whole() -> None:
    belief = fit_model(data(9), seed=0, model="chebyshev").predict(GRID)
    assert sum(belief.budget.values(), np.zeros(21)) == pytest.approx(belief.std**2, rel=1e-8)
    assert sum(belief.shares.values(), np.zeros(21)) == pytest.approx(1.0, abs=1e-8)
    assert set(belief.shares) == {REFERENCE.name, "second"}
    values = truth(GRID[:, 0])
    assert np.mean((belief.lower <= values) & (values <= belief.upper)) >= 0.9


def test_the_order_of_rows_and_sources_changes_no_bit() -> None:
    fit = fit_model(data(9), seed=0, model="chebyshev")
    other = fit_model(reordered(data(9), np.random.default_rng(5)), seed=0, model="chebyshev")
    assert other.to_bytes() == fit.to_bytes()
    assert load_fit(fit.to_bytes()).scores() == fit.scores()


def test_what_it_cannot_take_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one reference"):
        fit_model(data(0), seed=0, model="chebyshev")
