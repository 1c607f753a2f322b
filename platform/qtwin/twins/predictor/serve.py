"""The predictor process: one JSON request per line in, one JSON answer per line out.

Run as ``python -m qtwin.twins.predictor.serve``. It needs no database and no Django: a request
names a fit's file, or holds observations to fit first, with the points of a prediction or a
question about the curve (see ``questions``) or its reliability, or what a plan is for. SciPy is
imported only when there is a fit or a plan to make.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from qtwin.fusion.base import Prediction, Surrogate
from qtwin.fusion.models import fit_model, load_fit
from qtwin.fusion.star.posterior import StarFit
from qtwin.twins.predictor.compare import compare
from qtwin.twins.predictor.document import read_document
from qtwin.twins.predictor.held import Held
from qtwin.twins.predictor.influencing import influenced
from qtwin.twins.predictor.questions import reply_to
from qtwin.twins.predictor.reliability import reliability, trusted

MOST_BYTES, UNUSED_S = 32 * 2**20, 120.0
"""To load a fit of that size takes a tenth of what one prediction by it takes."""

_HELD: Held[Surrogate] = Held(MOST_BYTES, UNUSED_S)


def _stored(path: str) -> Surrogate:
    return _HELD.get(("stored", path), lambda: load_fit(Path(path).read_bytes()))


def _fitted(document: str) -> Surrogate:
    def fit() -> Surrogate:
        data, seed = read_document(document)
        return fit_model(data, seed=seed)

    return _HELD.get(("fitted", document), fit)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Predict, compare or answer the question, as one request asks; arrays as lists."""
    if "compare" in request:
        return compare(request["compare"], lambda path: _star(_stored(path)))
    fit = _model(request)
    for kind, reply in _KINDS.items():
        if kind in request:
            return reply(request, _star(fit))
    points = np.array(request["points"], dtype=np.float64)
    said = fit.predict(points)
    if not request.get("trust"):
        return _plain(said)
    return {**_plain(said), "trust": trusted(_star(fit), points, said)}


def _plan(request: dict[str, Any], fit: StarFit) -> dict[str, Any]:
    from qtwin.twins.predictor.planning import planned  # SciPy, which predictions do without

    return planned(request["plan"], fit)


def _question(request: dict[str, Any], fit: StarFit) -> dict[str, Any]:
    other = _star(_model(request["other"])) if "other" in request else None
    return reply_to(request["question"], fit, other)


_KINDS: dict[str, Callable[[dict[str, Any], StarFit], dict[str, Any]]] = {
    "plan": _plan,
    "influence": lambda request, fit: influenced(request["influence"], fit),
    "reliability": lambda _, fit: reliability(fit),
    "question": _question,
}


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
