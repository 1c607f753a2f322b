"""What a posterior says of its own making, as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qtwin.worlds.calibration.diagnostics import effective_number, r_hat
from qtwin.worlds.calibration.likelihood import TAU, discrepancy
from qtwin.worlds.calibration.model import Model
from qtwin.worlds.calibration.smc import Population

CENTRAL = (0.05, 0.5, 0.95)
METHOD = "tempered sequential Monte Carlo on polynomials of exact dynamics"


def facts(
    model: Model, populations: Sequence[Population], seed: int, missed: float
) -> dict[str, Any]:
    """Evidence, priors, discrepancy, fit and diagnostics."""
    scores = np.stack([population.scores for population in populations])
    flat = scores.reshape(-1, scores.shape[2])
    return {
        "method": METHOD,
        "seed": seed,
        "evidence": {
            "digest": model.data.digest(),
            "sources": dict(model.data.sources),
            "left_out": dict(model.data.left_out),
            "settings": len(model.data.points),
            "values": len(model.data.values),
            "histograms": len(model.data.counts),
            "shots": int(model.data.shots.sum()),
        },
        "priors": {name: prior.to_dict() for name, prior in model.priors.items()},
        "discrepancy": {
            "prior_median": TAU,
            "quantiles": _quantiles(discrepancy(flat[:, -1])),
            "unit": "share of an observable's span",
        },
        "fit": _fit(model, flat),
        "diagnostics": {
            "populations": len(populations),
            "particles": len(populations[0].scores),
            "r_hat": _by_name(model, r_hat(scores)),
            "effective_draws": _by_name(model, effective_number(scores)),
            "ladders": [list(population.ladder) for population in populations],
            "accepted": [float(np.mean(population.accepted)) for population in populations],
            "log_evidence": [population.log_evidence for population in populations],
            "exact_draws": model.learned.asked if model.learned else 0,
            "log_likelihood_error": missed,
        },
    }


def _fit(model: Model, scores: np.ndarray[Any, Any]) -> dict[str, float]:
    """How far the model's best draws are from the data, in statistical errors alone."""
    assert model.likelihood is not None
    some = scores[:: max(1, len(scores) // 256)]
    found = model.likelihood.misfit(model.statistics.means(model.chances(some)))
    return {"chi2": float(found.min()), "numbers": len(model.statistics.observed)}


def _by_name(model: Model, values: np.ndarray[Any, Any]) -> dict[str, float]:
    names = (*model.priors, "discrepancy")
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def _quantiles(values: np.ndarray[Any, Any]) -> dict[str, float]:
    found = np.quantile(values, CENTRAL)
    return {f"{share:g}": float(value) for share, value in zip(CENTRAL, found, strict=True)}
