"""Noise of qubits that wait, for simulators of recorded devices.

Two parts, chosen by the setting ``idle_noise``:

- *relaxation*: the recorded T1 and T2 act while a qubit waits for ``t``: populations decay as
  ``exp(-t / T1)``, coherences as ``exp(-t / min(T2, 2 T1))``. It has no memory, and no pulses undo
  it;
- *detuning*: each qubit's frequency is off by an amount that is constant during a shot and differs
  between shots and qubits: normal, with the standard deviation ``detuning_khz``. A waiting qubit
  turns about Z by ``2 pi f t``, so that a coherence decays as ``exp(-(2 pi sigma t)^2 / 2)``. This
  quasi-static limit of slow noise is what dynamical decoupling undoes (Viola, Knill and Lloyd,
  Phys. Rev. Lett. 82, 2417 (1999); Ezzell et al., Phys. Rev. Applied 20, 064027 (2023)). Its size
  is a model and no recorded quantity.

The normal distribution is `NODES` fixed joint detunings of equal weight, of which each shot takes
one at random. Shots are thus independent draws of one distribution, and their binomial errors
hold. Points of a scrambled Sobol sequence (Owen, J. Complexity 14, 466 (1998)) with their
opposites, made uncorrelated and of unit variance: odd and second moments are exact. With
``theta = 2 pi sigma t`` the decay of a coherence is within 5e-4 up to ``theta = 0.3`` and within
0.03 at 1.

Shapes use ``B`` for nodes and ``n`` for qubits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.setting import Between, Settings

IDLE_NOISE, DETUNING = "idle_noise", "detuning_khz"
NONE, RELAXES, DETUNED, BOTH = "none", "relaxation", "detuning", "both"
DEFAULT_KHZ = 10.0
NODES = 128
NODES_SEED = 7
SETTINGS: Settings = (
    (IDLE_NOISE, (NONE, RELAXES, DETUNED, BOTH)),
    (DETUNING, Between(0.01, 1000.0)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """What happens to qubits that wait.

    Attributes:
        relaxes: By the recorded T1 and T2.
        detuning_khz: Standard deviation; 0 where there is none.
    """

    relaxes: bool = False
    detuning_khz: float = 0.0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """From the settings of a source."""
        kind = settings.get(IDLE_NOISE, NONE)
        size = float(settings.get(DETUNING, DEFAULT_KHZ)) if kind in {DETUNED, BOTH} else 0.0
        return cls(relaxes=kind in {RELAXES, BOTH}, detuning_khz=size)

    @property
    def any(self) -> bool:
        """Whether anything happens."""
        return self.relaxes or bool(self.detuning_khz)

    @property
    def text(self) -> str:
        """For the provenance."""
        parts = ["relaxation by the recorded T1 and T2"] if self.relaxes else []
        if self.detuning_khz:
            parts.append(
                f"quasi-static normal detuning of {self.detuning_khz:g} kHz (a model, not "
                f"recorded; {NODES} fixed joint values)"
            )
        return "idle noise: " + " and ".join(parts) if parts else "no idle noise"

    def turns(self, qubits: int) -> FloatArray:
        """Angle by which each qubit turns in a second, at each node: shape ``(B, n)``.

        One node of angle 0 where there is no detuning.
        """
        if not self.detuning_khz:
            return np.zeros((1, qubits))
        turned: FloatArray = 2e3 * math.pi * self.detuning_khz * nodes(qubits)
        return turned


def check(settings: Mapping[str, Any]) -> None:
    """Refuse a size without a detuning.

    Raises:
        ProgramRejected: Names the setting and the value.
    """
    kind = settings.get(IDLE_NOISE, NONE)
    if DETUNING in settings and kind not in {DETUNED, BOTH}:
        raise ProgramRejected(
            f"{DETUNING} = {settings[DETUNING]!r} does nothing with {IDLE_NOISE} = {kind}; allowed "
            f"with {DETUNED} and {BOTH}",
            field=f"/settings/{DETUNING}",
        )


@cache
def nodes(qubits: int) -> FloatArray:
    """Joint values of ``n`` standard normal numbers, of equal weight: shape ``(B, n)``."""
    from scipy.stats import qmc

    points = qmc.Sobol(qubits, scramble=True, rng=NODES_SEED)
    half = qmc.MultivariateNormalQMC(np.zeros(qubits), engine=points).random(NODES // 2)
    drawn = np.concatenate([half, -half])
    factor = np.linalg.cholesky(drawn.T @ drawn / len(drawn))
    whitened: FloatArray = np.linalg.solve(factor, drawn.T).T
    return whitened
