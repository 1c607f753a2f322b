"""The models that may stand behind a twin, by name. A new one is a module and one line here.

A model is a function ``(Observations, *, seed) -> Surrogate`` that fits, and one that reads the
bytes of such a fit. Both are named by dotted paths and imported when first used, so that reading
and predicting stay light and a model may need libraries that others do without. What every model
must keep is checked by ``tests/unit/fusion/test_models.py``, which runs over this table.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, Protocol

import numpy as np

from qtwin.fusion.base import Observations, Surrogate
from qtwin.fusion.codec import NO_ARCHIVE


class FitFunction(Protocol):
    """Fits all measurements of one observable."""

    def __call__(self, data: Observations, *, seed: int) -> Surrogate:
        """The same bits for the same seed, in any order of rows and sources.

        Raises:
            ValueError: The observations are malformed, or not such as the model can take.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Dotted paths ``module:name``.

    Attributes:
        fit: A ``FitFunction``.
        load: Reads what ``Surrogate.to_bytes`` wrote; raises ValueError on anything else.
    """

    fit: str
    load: str


DEFAULT: Final = "star"
"""Of a twin that names no model, and of archives from before models had names."""

_STAR = "qtwin.fusion.star.posterior:load_fit"
_LADDER = "qtwin.fusion.ar1.posterior:load_ar1"

MODELS: Final[Mapping[str, Model]] = MappingProxyType(
    {
        "star": Model(fit="qtwin.fusion.star.fit:fit_star", load=_STAR),
        "reference": Model(fit="qtwin.fusion.star.reference:fit_reference", load=_STAR),
        "quantum": Model(
            fit="qtwin.qml.surrogate.fit:fit_quantum",
            load="qtwin.qml.surrogate.posterior:load_quantum",
        ),
        "ar1": Model(
            fit="qtwin.fusion.ar1.fit:fit_ar1", load="qtwin.fusion.ar1.posterior:load_ar1"
        ),
    }
)


def fit_model(data: Observations, *, seed: int, model: str = DEFAULT) -> Surrogate:
    """Fit a model by its name.

    Raises:
        ValueError: There is no such model, or it cannot take the observations.
    """
    fit: FitFunction = _imported(_model(model).fit)
    return fit(data, seed=seed)


def load_fit(blob: bytes) -> Surrogate:
    """Read a stored fit of any model, which its ``meta`` names.

    Raises:
        ValueError: The bytes are no archive of a fit, or of an unknown model, schema or set of
            hyperparameters.
    """
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as archive:
            name = str(json.loads(archive["meta"].tobytes()).get("model", DEFAULT))
    except (*NO_ARCHIVE, AttributeError) as error:
        raise ValueError("not an archive of a fit") from error
    fit: Surrogate = _imported(_model(name).load)(blob)
    return fit


def _model(name: str) -> Model:
    if name not in MODELS:
        raise ValueError(f"unknown model {name!r}; known are {', '.join(sorted(MODELS))}")
    return MODELS[name]


def _imported(path: str) -> Any:
    module, name = path.split(":")
    return getattr(import_module(module), name)
