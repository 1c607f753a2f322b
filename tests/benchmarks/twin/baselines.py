"""Models of other libraries behind lines of JSON; runs in an environment without QTwin.

Reads ``{method, x, y, var, level, test_x}`` a line (x in the unit cube, level 0 the reference) and
writes ``{mean, var, cpu_s}`` or ``{error}``. Every model has the library's own defaults, with
Matern-5/2 correlations where the library lets one choose.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from typing import Any

import numpy as np

Answer = tuple[Any, Any]


def smt_mfk(request: dict[str, Any]) -> Answer:
    """AR(1) co-kriging of SMT (Le Gratiet & Garnier 2014), lowest fidelity first."""
    from smt.applications.mfk import MFK

    x, y, var, level = _arrays(request)
    model = MFK(
        theta0=[0.1] * x.shape[1],
        theta_bounds=[1e-4, 1e2],
        corr="matern52",
        n_start=5,
        eval_noise=bool(var.max() > 0),
        print_global=False,
    )
    for name, each in enumerate(range(int(level.max()), 0, -1)):
        model.set_training_values(x[level == each], y[level == each, None], name=name)
    model.set_training_values(x[level == 0], y[level == 0, None])
    model.train()
    at = np.array(request["test_x"])
    return model.predict_values(at).ravel(), model.predict_variances(at).ravel()


def botorch_mf(request: dict[str, Any]) -> Answer:
    """BoTorch's multi-fidelity process (Wu, Toscano-Palmerin, Frazier & Wilson 2019)."""
    from botorch.models import SingleTaskMultiFidelityGP

    x, _, _, level = _arrays(request)
    fidelity = 1.0 - level / max(level.max(), 1)
    at = np.array(request["test_x"])
    target = np.column_stack([at, np.ones(len(at))])
    return _botorch(
        request, fidelity, target, SingleTaskMultiFidelityGP, data_fidelities=[x.shape[1]]
    )


def icm(request: dict[str, Any]) -> Answer:
    """Intrinsic coregionalisation: BoTorch's multi-task process (Bonilla, Chai & Williams 2007)."""
    from botorch.models import MultiTaskGP

    x, _, _, level = _arrays(request)
    at = np.array(request["test_x"])
    return _botorch(request, level, at, MultiTaskGP, task_feature=x.shape[1], output_tasks=[0])


def _botorch(request: dict[str, Any], column: Any, at: Any, model: Any, **options: Any) -> Answer:
    import torch
    from botorch import fit_gpytorch_mll
    from botorch.models.transforms import Standardize
    from gpytorch.mlls import ExactMarginalLogLikelihood

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    x, y, var, _ = _arrays(request)
    floor = 1e-6 * y.std() ** 2  # BoTorch's least noise for a stable factorisation
    process = model(
        torch.tensor(np.column_stack([x, column])),
        torch.tensor(y)[:, None],
        train_Yvar=torch.tensor(np.maximum(var, floor))[:, None],
        outcome_transform=Standardize(1),
        **options,
    )
    fit_gpytorch_mll(ExactMarginalLogLikelihood(process.likelihood, process))
    with torch.no_grad():
        posterior = process.posterior(torch.tensor(at))
        return posterior.mean.numpy().ravel(), posterior.variance.numpy().ravel()


def _arrays(request: dict[str, Any]) -> tuple[Any, ...]:
    x, y, var = (np.array(request[name], dtype=float) for name in ("x", "y", "var"))
    return x, y, var, np.array(request["level"])


MODELS = {"smt-mfk": smt_mfk, "botorch-mf": botorch_mf, "icm": icm}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    began = time.process_time()
    try:
        mean, var = MODELS[request["method"]](request)
    except Exception as error:  # whatever a library raises is its answer
        return {"error": f"{type(error).__name__}: {error}"[:300]}
    cpu_s = time.process_time() - began
    if not (np.all(np.isfinite(mean)) and np.all(np.isfinite(var))):
        return {"error": "a prediction is not finite"}
    var = np.maximum(var, 1e-12 * max(float(np.var(mean)), 1e-300))
    return {"mean": mean.tolist(), "var": var.tolist(), "cpu_s": cpu_s}


def main() -> None:
    warnings.filterwarnings("ignore")
    import botorch  # noqa: F401 - loaded now, so that no answer's time holds it
    import smt.applications.mfk  # noqa: F401

    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    for line in sys.stdin:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
