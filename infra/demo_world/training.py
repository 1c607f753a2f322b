"""Training of schedules by gradient ascent: on the nominal model, or on draws of the posterior.

Both start where a seed moves the linear sweep to, and both ask for as many gradients.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.dynamics.driven import Terms, Values
from backends.dynamics.grape import ascend
from backends.dynamics.model import Model
from backends.dynamics.rydberg import Frozen, Rydberg
from infra.demo_world.chain import DETUNING, RABI, Chain
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.schedule import Schedule

MOVED_RABI, MOVED_DETUNING = 0.1, 5.0
"""Standard deviations of the start: a share of the Rabi frequency, rad/us."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Placed:
    """An array whose atoms stay where they were drawn for each truth. Implements ``Driven``."""

    rydberg: Rydberg
    frozen: Frozen | None

    @property
    def model(self) -> Model:
        return self.rydberg.model

    @property
    def controls(self) -> Any:
        return self.rydberg.controls

    @property
    def parameters(self) -> Any:
        return self.rydberg.parameters

    def terms(self, controls: Values, parameters: Values, frozen: Any = None) -> Terms:
        return self.rydberg.terms(controls, parameters, self.frozen)

    def pullback(self, gradient: Terms, controls: Values, parameters: Values) -> dict[str, Any]:
        return self.rydberg.pullback(gradient, controls, parameters)


def started(chain: Chain, linear: Schedule, seed: int) -> dict[str, FloatArray]:
    """Knots from which both policies of a seed start."""
    rng = np.random.default_rng([seed, 0])
    knots = len(chain.times)
    rabi = linear.values["rabi"] * (1 + MOVED_RABI * rng.standard_normal(knots))
    detuning = linear.values["detuning"] + MOVED_DETUNING * rng.standard_normal(knots)
    return {"rabi": np.clip(rabi, 0, RABI), "detuning": np.clip(detuning, *DETUNING)}


def trained(
    chain: Chain, linear: Schedule, seed: int, *, members: int, evaluations: int
) -> tuple[Schedule, float]:
    """A schedule, and what it is worth on the truths that it was trained on.

    Args:
        members: Draws of the posterior; 0 trains on the nominal model.
    """
    rng = np.random.default_rng([seed, 1])
    truths: Mapping[str, FloatArray] = chain.truths(members, rng) if members else {}
    frozen = chain.rydberg.frozen(truths, members, rng) if members else None
    dark = np.full(len(chain.times), RABI)
    dark[[0, -1]] = 0.0
    found = ascend(
        Placed(rydberg=chain.rydberg, frozen=frozen),
        chain.rydberg.start,
        chain.goal,
        knots=started(chain, linear, seed),
        lower={"rabi": 0.0, "detuning": DETUNING[0]},
        upper={"rabi": dark, "detuning": DETUNING[1]},
        durations=np.diff(chain.times),
        parameters=truths,
        evaluations=evaluations,
    )
    return chain.schedule(found.knots), found.value
