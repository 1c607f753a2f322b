"""The multi-fidelity models behind every twin: many sources, one truth, honest error bars.

Pure numerics: no web framework. ``fit_star`` fits the default model and ``fit_model`` any by name,
``load_fit`` reads a stored fit of any model; reading and predicting import numpy only, so a
predictor process stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qtwin.fusion.version import FUSION_VERSION

if TYPE_CHECKING:
    from qtwin.fusion.models import fit_model, load_fit
    from qtwin.fusion.star.fit import fit_star
    from qtwin.fusion.star.posterior import StarFit

__all__ = ["FUSION_VERSION", "StarFit", "fit_model", "fit_star", "load_fit"]

_HOMES = {
    "StarFit": "qtwin.fusion.star.posterior",
    "fit_model": "qtwin.fusion.models",
    "fit_star": "qtwin.fusion.star.fit",
    "load_fit": "qtwin.fusion.models",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
