"""What a fit consists of: what is stored, and what predictions are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from qtwin.fusion.anchor import Widening
from qtwin.fusion.base import FloatArray
from qtwin.fusion.conflict import Conflict
from qtwin.fusion.factors import Factors
from qtwin.fusion.interval import Rule
from qtwin.fusion.parameters import Layout, lay_out
from qtwin.fusion.scaling import Scale
from qtwin.fusion.sites import Sites


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """The parts of a fit.

    Attributes:
        sites: Merged measurements in standardised units.
        bounds: Bounds of the controls, shape ``(D, 2)``.
        value_bounds: Physical bounds of the observable.
        scale: From standardised units to the observable's.
        factors: One posterior per hyperparameter sample.
        c2: Leave-one-out variance inflation.
        rule: How intervals are made.
        widening: The class prior that an unanchored fit widens to; None with references.
        seed: Of the random numbers that the fit used.
        conflicts: Epochs that were left out.
    """

    sites: Sites
    bounds: FloatArray
    value_bounds: tuple[float, float]
    scale: Scale
    factors: Factors
    c2: float
    rule: Rule
    widening: Widening | None
    seed: int
    conflicts: tuple[Conflict, ...] = ()

    @cached_property
    def layout(self) -> Layout:
        """Names and places of the hyperparameters."""
        return lay_out(self.sites)
