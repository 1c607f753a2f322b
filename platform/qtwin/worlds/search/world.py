"""A search world: the twin, what is searched for in it, and what asking costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import gymnasium
import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.evidence.scaling import Scale
from qtwin.fusion.planner.candidates import foundation
from qtwin.fusion.star.posterior import StarFit
from qtwin.worlds.search.actions import Actions
from qtwin.worlds.search.document import Terms, read_terms
from qtwin.worlds.search.goal import Goal, Kind
from qtwin.worlds.search.grid import grid_of, nearest, summary
from qtwin.worlds.search.prior import Prior, prior_of
from qtwin.worlds.search.way import Way

if TYPE_CHECKING:
    from qtwin.worlds.search.environment import SearchEnvironment
    from qtwin.worlds.search.vector import SearchVector

SHOWN = 17
"""Grid points whose mean and sigma an observation shows, for one control; twice that for more."""

FAR = 8.0
"""Largest number of an observation; what is beyond is shown as that."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchWorld:
    """Implements ``World``.

    Attributes:
        fit: The twin.
        terms: What the document says.
    """

    kind: ClassVar[str] = "search"

    fit: StarFit
    terms: Terms

    @classmethod
    def of(cls, fit: StarFit, document: Mapping[str, Any]) -> SearchWorld:
        """Make the world of a twin version.

        Raises:
            ProgramRejected: Names the field of the document that is wrong.
        """
        return cls(fit=fit, terms=read_terms(Document(document), fit))

    @property
    def goal(self) -> Goal:
        """What is searched for."""
        return self.terms.goal

    @property
    def ways(self) -> tuple[Way, ...]:
        """Sources to ask, each at a setting."""
        return self.terms.ways

    @property
    def steps(self) -> int:
        """Most asks of an episode."""
        return self.terms.steps

    @property
    def draws(self) -> int:
        """Numbered truths, from 0."""
        return self.terms.truths

    @cached_property
    def grid(self) -> FloatArray:
        """Where one may ask and where answers are judged, in the unit cube, shape ``(M, D)``."""
        return grid_of(self.terms.points, len(self.fit.bounds))

    @cached_property
    def prior(self) -> Prior:
        """What the twin believes, and the draws that truths are of."""
        return prior_of(
            self.fit,
            self.ways,
            grid=self.grid,
            shots=self.terms.shots,
            count=self.terms.truths,
            seed=self.terms.seed,
        )

    @cached_property
    def actions(self) -> Actions:
        """How actions are read."""
        return Actions(grid=self.grid, ways=len(self.ways), shots=len(self.terms.shots))

    @cached_property
    def costs(self) -> FloatArray:
        """Of one ask of each way with each shot count, shape ``(W, O)``."""
        return np.array([[way.cost(count) for count in self.terms.shots] for way in self.ways])

    @cached_property
    def shown(self) -> IntArray:
        """Grid points whose belief an observation shows."""
        d = len(self.fit.bounds)
        return summary(len(self.grid), d, SHOWN if d == 1 else 2 * SHOWN)

    @property
    def observation_space(self) -> gymnasium.spaces.Box:
        """Of one environment; see ``episodes`` for what it consists of."""
        size = 2 * len(self.shown) + 2 * len(self.fit.bounds) + 2
        return gymnasium.spaces.Box(-FAR, FAR, (size,), np.float32)

    @property
    def action_space(self) -> gymnasium.spaces.Box:
        """Of one environment; see ``actions`` for what it consists of."""
        return gymnasium.spaces.Box(-1.0, 1.0, (self.actions.size,), np.float32)

    def environment(self) -> SearchEnvironment:
        """One environment."""
        from qtwin.worlds.search.environment import SearchEnvironment

        return SearchEnvironment(self)

    def vector(self, num_envs: int) -> SearchVector:
        """Many that step together."""
        from qtwin.worlds.search.vector import SearchVector

        return SearchVector(self, num_envs)

    def to_dict(self) -> dict[str, Any]:
        """The document, with what was left to default."""
        return self.terms.to_dict()

    def truth(self, u: FloatArray) -> FloatArray:
        """The part of u, shape ``(..., J)``, that is the truth on the grid."""
        return u[..., : len(self.grid)]

    @property
    def scale(self) -> Scale:
        """From standardised values to the observable's."""
        return foundation(self.fit).scale

    @cached_property
    def level(self) -> float:
        """That of the goal, standardised."""
        return ((self.goal.level or 0.0) - self.scale.shift) / self.scale.factor

    @cached_property
    def unit(self) -> float:
        """From errors on the grid to those of the goal, in the observable's or control's unit."""
        if self.goal.kind is Kind.TRANSITION:
            return float(np.ptp(self.fit.bounds[0]))
        return self.scale.factor

    def answers(self, means: FloatArray) -> FloatArray:
        """The answer that each belief gives, in the unit cube, shapes ``(B, J)`` and ``(B, D)``."""
        return self.goal.answer(self.truth(means), self.grid, self.level)

    def errors(self, truths: FloatArray, answers: FloatArray) -> FloatArray:
        """How wrong answers are, in the goal's unit, shape ``(B,)``."""
        at = nearest(self.grid, answers)
        curves = self.truth(truths)
        return self.unit * self.goal.error(curves, answers, at, self.grid, self.level)

    @cached_property
    def first_error(self) -> float:
        """Mean error before the first ask, at least the tolerance: the unit of rewards."""
        draws = self.prior.draws
        answer = np.repeat(self.answers(self.prior.mean[None]), len(draws), axis=0)
        return max(self.goal.tolerance, float(self.errors(draws, answer).mean()))


def read(document: Document, posterior: Any, fits: Any) -> SearchWorld:
    """The world of a document; ``fits`` is the twin's fit.

    Raises:
        ProgramRejected: The document is wrong, or there is no twin.
    """
    if not isinstance(fits, StarFit):
        raise ProgramRejected(
            "a search world is made from a version of a twin; none was given", field=document.at("")
        )
    return SearchWorld(fit=fits, terms=read_terms(document, fits))
