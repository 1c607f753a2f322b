"""Training that stops at the noise floor of its loss.

Steps are Adam's (Kingma and Ba, ICLR 2015). After every window of steps the mean loss of the window
is compared with that of the one before. When it fell by no more than the statistical error of that
difference, twice in a row, what is left to gain cannot be told from noise, and training stops. The
angles are then the mean over the last window. The same seed repeats the same training.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.qml.variational.ansatz import Ansatz
from qtwin.qml.variational.loss import Slope, loss_of, slope
from qtwin.qml.variational.readout import Reader

STILL = 2
"""Windows in a row without a gain, after which training stops."""


class Stop(StrEnum):
    """Why training ended."""

    NOISE_FLOOR = "noise_floor"
    CONVERGED = "converged"
    STEPS = "steps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to train.

    Attributes:
        shots: Of each circuit; None for the exact limit.
        rate: Of Adam, in radians.
        window: Steps between two looks at the loss.
        most_steps: Where training ends anyway.
        tolerance: A fall of the loss that counts as none where nothing is noisy.
    """

    shots: int | None = 100
    rate: float = 0.1
    window: int = 10
    most_steps: int = 300
    tolerance: float = 1e-4

    def __post_init__(self) -> None:
        for name in ("rate", "window", "most_steps", "tolerance"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The mean loss of one window.

    Attributes:
        step: Steps by its end.
        loss: Its mean.
        error: One sigma of it.
        gain: By how much it fell since the window before; None of the first.
        gain_error: One sigma of that.
    """

    step: int
    loss: float
    error: float
    gain: float | None = None
    gain_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Training:
    """A trained classifier, and how it came about.

    Attributes:
        theta: Trained angles, shape ``(P,)``.
        stop: Why it ended.
        looks: One for each window.
        loss: At the trained angles.
        error: One sigma of that.
        circuits: How many were run.
        shots: Of all of them; 0 if exact.
    """

    ansatz: Ansatz
    theta: FloatArray
    stop: Stop
    looks: tuple[Look, ...]
    loss: float
    error: float
    circuits: int
    shots: int

    def margins(self, x: FloatArray, reader: Reader) -> FloatArray:
        """Mean spins at points ``(M, D)``, above 0 for class 1; shape ``(M,)``."""
        return reader.read(self.ansatz, x, self.theta[None]).value[:, 0]

    def labels(self, x: FloatArray, reader: Reader) -> IntArray:
        """0 or 1 at points ``(M, D)``."""
        return np.asarray(self.margins(x, reader) > 0, dtype=np.int64)


@dataclass(slots=True)
class _Adam:
    """First and second moments of the gradient."""

    rate: float
    first: FloatArray
    second: FloatArray
    step: int = 0

    def moved(self, theta: FloatArray, gradient: FloatArray) -> FloatArray:
        self.step += 1
        self.first = 0.9 * self.first + 0.1 * gradient
        self.second = 0.99 * self.second + 0.01 * gradient**2
        first = self.first / (1 - 0.9**self.step)
        second = self.second / (1 - 0.99**self.step)
        return np.asarray(theta - self.rate * first / (np.sqrt(second) + 1e-8))


@dataclass(slots=True)
class _Watch:
    """Looks at windows, and says when to stop."""

    settings: Settings
    looks: list[Look] = field(default_factory=list)
    still: int = 0

    def look(self, step: int, window: list[Slope]) -> Stop | None:
        loss = float(np.mean([one.loss for one in window]))
        error = float(np.sqrt(np.sum([one.error**2 for one in window])) / len(window))
        if not self.looks:
            self.looks.append(Look(step=step, loss=loss, error=error))
            return None
        before = self.looks[-1]
        gain, gain_error = before.loss - loss, float(np.hypot(before.error, error))
        self.looks.append(Look(step=step, loss=loss, error=error, gain=gain, gain_error=gain_error))
        noisy = self.settings.shots is not None
        least = gain_error if noisy else self.settings.tolerance
        self.still = self.still + 1 if gain <= least else 0
        if self.still < STILL:
            return None
        return Stop.NOISE_FLOOR if noisy else Stop.CONVERGED


def train(
    ansatz: Ansatz, x: FloatArray, labels: IntArray, *, seed: int, settings: Settings | None = None
) -> Training:
    """Train on points ``(B, D)`` with labels 0 or 1 ``(B,)``.

    Raises:
        ValueError: Shapes do not fit, or a value is not allowed.
    """
    settings = settings or Settings()
    _check(ansatz, x, labels)
    rng = np.random.default_rng(seed)
    reader, y = Reader(shots=settings.shots, rng=rng), 2.0 * labels.astype(np.float64) - 1.0
    theta = ansatz.start(rng)
    adam = _Adam(settings.rate, np.zeros_like(theta), np.zeros_like(theta))
    watch, stop, step = _Watch(settings), None, 0
    while stop is None and step < settings.most_steps:
        window, passed = [], []
        for _ in range(settings.window):
            window.append(slope(ansatz, x, y, theta, reader))
            theta = adam.moved(theta, window[-1].gradient)
            passed.append(theta)
        step += settings.window
        stop = watch.look(step, window)
    theta = np.mean(passed, axis=0)
    loss, error = loss_of(reader.read(ansatz, x, theta[None]), y)
    circuits = len(x) * (step * (2 * ansatz.parameters + 1) + 1)
    return Training(
        ansatz=ansatz,
        theta=theta,
        stop=stop or Stop.STEPS,
        looks=tuple(watch.looks),
        loss=loss,
        error=error,
        circuits=circuits,
        shots=circuits * (settings.shots or 0),
    )


def _check(ansatz: Ansatz, x: FloatArray, labels: IntArray) -> None:
    if x.shape != (len(labels), ansatz.features):
        raise ValueError(f"x has shape {x.shape}; allowed: ({len(labels)}, {ansatz.features})")
    if not len(labels) or not set(labels.tolist()) <= {0, 1}:
        raise ValueError(f"labels {sorted(set(labels.tolist()))}; allowed: 0 and 1, at least one")
