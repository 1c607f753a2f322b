"""The posterior as a function of normal scores: dynamics, detection, discrepancy.

The scores are those of the priors, in their order, and one more of the discrepancy. Shapes use
``N`` for draws, ``K`` for parameters, ``P`` for settings and ``n`` for qubits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.calibration.data import CalibrationData
from qtwin.worlds.calibration.dynamics import DEPHASING, Dynamics
from qtwin.worlds.calibration.learned import Learned, Part, learn
from qtwin.worlds.calibration.likelihood import Likelihood, discrepancy
from qtwin.worlds.calibration.parameters import Calibratable, parameters_of
from qtwin.worlds.calibration.priors import Prior
from qtwin.worlds.calibration.readout import misread
from qtwin.worlds.calibration.statistics import Statistics
from qtwin.worlds.calibration.surrogate import Region

WIDER = 1.3
"""Growth of a region beyond the draws that it is made for."""
SMALL = 3
"""Qubits whose density matrix costs little."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """What is known so far.

    Attributes:
        priors: By parameter.
        reading: Columns of the misreadings, by ``one`` and ``zero``.
        moving: Columns of the parameters of the dynamics.
        centre: Best scores so far, shape ``(K + 1,)``.
        region: Where the next polynomial is to hold.
        learned: None before the first round.
        likelihood: None before the first round.
    """

    data: CalibrationData
    dynamics: Dynamics
    statistics: Statistics
    bounds: FloatArray
    priors: Mapping[str, Prior]
    reading: Mapping[str, int]
    moving: tuple[int, ...]
    centre: FloatArray
    region: Region
    learned: Learned | None = None
    likelihood: Likelihood | None = None

    @classmethod
    def of(cls, system: Calibratable, data: CalibrationData, priors: Mapping[str, Prior]) -> Model:
        """Before anything is computed.

        Raises:
            ProgramRejected: The data are of points that the system does not have.
            ValueError: The data are of observables that are not read along z.
        """
        system.check_points(data.points)
        kinds = {one.name: one.reading for one in parameters_of(system)}
        names = list(priors)
        moving = tuple(i for i, name in enumerate(names) if not kinds[name])
        return cls(
            data=data,
            dynamics=Dynamics.of(system, data.points, tuple(names[i] for i in moving)),
            statistics=Statistics.of(system, data),
            bounds=np.array([(c.lower, c.upper) for c in system.controls]).reshape(-1, 2),
            priors=priors,
            reading={kinds[name]: i for i, name in enumerate(names) if kinds[name]},
            moving=moving,
            centre=np.zeros(len(names) + 1),
            region=Region.prior(len(moving)),
        )

    def values(self, scores: FloatArray) -> FloatArray:
        """Parameters, shape ``(N, K)``, from scores of shape ``(N, K + 1)``."""
        columns = [prior.value(scores[:, i]) for i, prior in enumerate(self.priors.values())]
        return np.stack(columns, axis=1)

    def refined(self, seed: int) -> Model:
        """With a polynomial of the present region, and the errors' covariance at the centre."""
        names = self.dynamics.names
        part = learn(
            self.region,
            [i for i, name in enumerate(names) if name != DEPHASING],
            self._exact,
            seed,
            rate=self._rate if DEPHASING in names else None,
            degree=3 if self.dynamics.terms.model.qubits <= SMALL else 1,
        )
        before = self.learned.parts if self.learned else ()
        known = replace(self, learned=Learned((*before, part)))
        covariance = self.statistics.covariance(known.chances(self.centre[None])[0])
        covariance += self._error(part)
        likelihood = Likelihood.of(self.statistics, covariance, self.data.points, self.bounds)
        return replace(known, likelihood=likelihood)

    def towards(self, scores: FloatArray) -> Model:
        """To be refined where draws are, shape ``(N, K + 1)``."""
        moving = scores[:, list(self.moving)]
        region = Region.around(moving, wider=WIDER) if self.moving else self.region
        return replace(self, region=region, centre=scores.mean(axis=0))

    def chances(self, scores: FloatArray, *, exact: bool = False) -> FloatArray:
        """Probabilities of what is read, shape ``(N, P, 2**n)``."""
        moving = scores[:, list(self.moving)]
        if exact:
            there = self._exact(moving, damped=True)
        else:
            assert self.learned is not None
            there = self.learned(moving).clip(0.0)
        there = there.reshape(len(scores), len(self.data.points), -1)
        there = there / there.sum(axis=2, keepdims=True)
        values = self.values(scores)
        none = np.zeros(len(scores))
        one, zero = (
            values[:, self.reading[kind]] if kind in self.reading else none
            for kind in ("one", "zero")
        )
        return misread(there, one, zero)

    def log_likelihood(self, scores: FloatArray, *, exact: bool = False) -> FloatArray:
        """Shape ``(N,)``."""
        assert self.likelihood is not None
        means = self.statistics.means(self.chances(scores, exact=exact))
        return self.likelihood(means, discrepancy(scores[:, -1]))

    def missed(self, scores: FloatArray) -> float:
        """Spread of the polynomial's error in the logarithm of the likelihood, over some draws."""
        exact = self.log_likelihood(scores, exact=True)
        return float(np.std(exact - self.log_likelihood(scores)))

    def _exact(self, scores: FloatArray, *, damped: bool) -> FloatArray:
        """Probabilities of what is there, shape ``(N, P * 2**n)``."""
        columns = [self._prior(i).value(scores[:, i]) for i in range(len(self.moving))]
        table = np.stack(columns, axis=1) if columns else np.empty((len(scores), 0))
        return self.dynamics(table, damped=damped).reshape(len(scores), -1)

    def _rate(self, scores: FloatArray) -> FloatArray:
        """Dephasing, shape ``(N,)``."""
        column = self.dynamics.names.index(DEPHASING)
        return self._prior(column).value(scores[:, column])

    def _prior(self, column: int) -> Prior:
        """Of one parameter of the dynamics."""
        return self.priors[self.dynamics.names[column]]

    def _error(self, part: Part) -> FloatArray:
        """Covariance of the polynomial's error, shape ``(R, R)``, independent number by number."""
        squares = part.squares.reshape(len(self.data.points), -1)[self.statistics.places]
        return np.diag(np.sum(self.statistics.weights**2 * squares, axis=1))
