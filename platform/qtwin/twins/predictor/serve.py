"""The predictor process: one JSON request per line in, one JSON answer per line out.

Run as ``python -m qtwin.twins.predictor.serve``. It needs no database and no Django: a request
names a fit's file, or holds observations to fit first, with the points of a prediction or a
question about the curve (see ``questions``), or what a plan is for. SciPy is imported only when
there is a fit or a plan to make.
"""

from __future__ import annotations

import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from qtwin.fusion.base import Prediction, Surrogate
from qtwin.fusion.models import fit_model, load_fit
from qtwin.fusion.star.posterior import StarFit
from qtwin.twins.predictor.compare import compare
from qtwin.twins.predictor.document import read_document
from qtwin.twins.predictor.questions import reply_to

CACHED_FITS = 32


@lru_cache(maxsize=CACHED_FITS)
def _stored(path: str) -> Surrogate:
    return load_fit(Path(path).read_bytes())


@lru_cache(maxsize=CACHED_FITS)
def _fitted(document: str) -> Surrogate:
    data, seed = read_document(document)
    return fit_model(data, seed=seed)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Predict, compare or answer the question, as one request asks; arrays as lists."""
    if "compare" in request:
        return compare(request["compare"], lambda path: _star(_stored(path)))
    fit = _model(request)
    if "plan" in request:
        from qtwin.twins.predictor.planning import planned  # SciPy, which predictions do without

        return planned(request["plan"], _star(fit))
    if "question" in request:
        other = _star(_model(request["other"])) if "other" in request else None
        return reply_to(request["question"], _star(fit), other)
    return _plain(fit.predict(np.array(request["points"], dtype=np.float64)))


def _model(request: dict[str, Any]) -> Surrogate:
    return _fitted(request["fit"]) if "fit" in request else _stored(request["path"])


def _star(fit: Surrogate) -> StarFit:
    if not isinstance(fit, StarFit):
        raise TypeError(f"a {type(fit).__name__} predicts, but answers no questions of the curve")
    return fit


def _plain(prediction: Prediction) -> dict[str, Any]:
    arrays = ("mean", "std", "lower", "upper")
    return {
        **{name: getattr(prediction, name).tolist() for name in arrays},
        "budget": {name: part.tolist() for name, part in prediction.budget.items()},
        "shares": {name: part.tolist() for name, part in prediction.shares.items()},
        "claim": str(prediction.claim),
        "references": prediction.references,
        "c2": prediction.c2,
        "nu": prediction.nu,
    }


def main() -> None:
    for line in sys.stdin:
        try:
            reply: dict[str, Any] = {"ok": answer(json.loads(line))}
        except Exception as error:  # the process must outlive a bad request
            reply = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
