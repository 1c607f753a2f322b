"""What a fit consists of: what is stored, and what predictions are computed from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from qtwin.fusion.base import FloatArray
from qtwin.fusion.evidence.conflict import Conflict
from qtwin.fusion.evidence.scaling import Scale
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.factors import Factors
from qtwin.fusion.interval import Rule
from qtwin.fusion.widening import Widening


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted(ABC):
    """The parts of a fit.

    Attributes:
        model: Name of the model in ``models``.
        sites: Merged measurements in standardised units.
        bounds: Bounds of the controls, shape ``(D, 2)``.
        value_bounds: Physical bounds of the observable.
        scale: From standardised units to the observable's.
        factors: One posterior per hyperparameter sample.
        c2: Leave-one-out variance inflation.
        rule: How intervals are made.
        widening: The class prior that an unanchored fit widens to; None where nothing is widened.
        seed: Of the random numbers that the fit used.
        conflicts: Epochs that were left out.
        coarse: The fit to a stratified part of very many measurements that the hyperparameters are
            of: it says their uncertainty, and how well the band is calibrated.
    """

    model: ClassVar[str]

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
    coarse: Self | None = None

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Of the hyperparameters."""
