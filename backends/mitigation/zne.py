"""Zero-noise extrapolation: measure at amplified noise, and extrapolate to none.

The shots are shared out over the gains as ``N_j ~ |eta_j| sigma_j``, which minimises the variance
``sum_j eta_j^2 sigma_j^2 / N_j``. A tenth of them first finds ``sigma_j`` (and, for the
exponential, ``eta_j``), and counts in the values too. Covariances between numbers are known where
``eta`` is: ``cov = sum_j eta_j^2 cov_j``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.errors import ProgramRejected
from backends.methods.covariance import Covariance
from backends.mitigation import extrapolation
from backends.mitigation.extrapolation import EXPONENTIAL, KINDS
from backends.mitigation.folding import GLOBAL, LOCAL, Fold
from backends.mitigation.task import Estimates, Estimator, Task
from backends.mitigation.technique import Technique
from backends.schema.experiment import FloatArray

DEFAULT_GAINS = "1,3,5"
HIGHEST_GAIN = 99.0
BoolArray = NDArray[np.bool_]
SHOTS_PER_GAIN = 100  # fewer leave a pilot whose variances are worth nothing
PILOT_SHARE = 0.1


class ZeroNoiseExtrapolation(Technique):
    """Settings ``gains``, ``extrapolation`` and ``folding``; raw values of every gain are kept."""

    name = "zne"
    title = "zero-noise extrapolation"
    rank = 1
    exact = True
    uses_gain = True
    own = (("gains", None), ("extrapolation", KINDS), ("folding", (GLOBAL, LOCAL)))

    def check(self, settings: Mapping[str, Any]) -> None:
        _gains(settings)

    def least_shots(self, settings: Mapping[str, Any], inner: int) -> int:
        return max(SHOTS_PER_GAIN, round(inner / PILOT_SHARE)) * len(_gains(settings))

    def circuits(self, settings: Mapping[str, Any]) -> float:
        return 2.0 * len(_gains(settings))

    def answers(self, tasks: Sequence[Task], inner: Estimator) -> list[Estimates]:
        if not tasks:
            return []
        gains = _gains(tasks[0].settings)
        if tasks[0].shots is None:
            exact = _measured(tasks, gains, [[None] * len(gains)] * len(tasks), inner)
            return [_answer(task, gains, found) for task, found in zip(tasks, exact, strict=True)]
        first = [_pilot_shots(task, gains) for task in tasks]
        pilots = _measured(tasks, gains, [[one] * len(gains) for one in first], inner)
        more = [
            _allocated(task, gains, pilot, inner.least_shots(task.settings))
            for task, pilot in zip(tasks, pilots, strict=True)
        ]
        rests = _measured([task.seeded(1) for task in tasks], gains, more, inner)
        return [
            _answer(task, gains, [_pooled(*pair) for pair in zip(pilot, rest, strict=True)])
            for task, pilot, rest in zip(tasks, pilots, rests, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Level:
    """What was found at one gain, with how many shots."""

    found: Estimates
    shots: int | None


def _gains(settings: Mapping[str, Any]) -> FloatArray:
    """The list of the setting, shape ``(M,)``.

    Raises:
        ProgramRejected: It is no list of two or more different gains, or the first is not 1.
    """
    text = str(settings.get("gains", DEFAULT_GAINS))
    try:
        gains = [float(part) for part in text.split(",")]
    except ValueError:
        gains = []
    rising = all(one < two for one, two in pairwise(gains))
    if not 2 <= len(gains) <= 9 or gains[0] != 1 or not rising or gains[-1] > HIGHEST_GAIN:
        raise ProgramRejected(
            f"gains = {text[:80]!r}; allowed: 2 to 9 rising numbers, the first 1, the "
            f'last at most {HIGHEST_GAIN:g}, such as "1,3,5"',
            field="/settings/gains",
        )
    return np.array(gains)


def _kind(task: Task) -> str:
    return str(task.settings.get("extrapolation", EXPONENTIAL))


def _answer(task: Task, gains: FloatArray, levels: list[Level]) -> Estimates:
    found = [level.found for level in levels]
    first, *others = [
        one.kept.labelled(gain=float(gain)) for one, gain in zip(found, gains, strict=True)
    ]
    values, variances = _extrapolated(task, gains, found)
    notes = [
        [
            {
                "technique": "zne",
                "gains": gains.tolist(),
                "shots": [level.shots for level in levels],
                "values": [one.summary(row)["values"] for one in found],
                "std_errors": [one.summary(row)["std_errors"] for one in found],
            },
            *found[0].notes[row],
        ]
        for row in range(len(values))
    ]
    failures = {row: reason for one in found for row, reason in one.failures.items()}
    return Estimates(
        values=values,
        variances=variances,
        notes=notes,
        failures=failures,
        covariance=_covariance(_kind(task), gains, found),
        kept=first.plus(*others),
    )


def _covariance(kind: str, gains: FloatArray, found: list[Estimates]) -> Covariance | None:
    known = [one.covariance for one in found if one.covariance is not None]
    if kind == EXPONENTIAL or len(known) < len(found):
        return None
    eta = extrapolation.coefficients(kind, gains)
    first, *rest = [one.scaled(float(by)) for one, by in zip(known, eta, strict=True)]
    return first.plus(*rest)


def _pilot_shots(task: Task, gains: FloatArray) -> int:
    assert task.shots is not None
    return int(PILOT_SHARE * task.shots / len(gains))


def _measured(
    tasks: Sequence[Task],
    gains: FloatArray,
    shots: Sequence[Sequence[int | None]],
    inner: Estimator,
) -> list[list[Level]]:
    """Estimates of each task at each gain.

    Raises:
        ProgramRejected: Folding cannot reach a gain.
    """
    kind = str(tasks[0].settings.get("folding", GLOBAL))
    asked = [
        replace(task.seeded(j).passing(Fold(float(gain), kind)), shots=count)
        for task, counts in zip(tasks, shots, strict=True)
        for j, (gain, count) in enumerate(zip(gains, counts, strict=True))
    ]
    try:
        found = iter(inner.answers(asked))
    except ProgramRejected as rejected:
        if rejected.field != "/knobs/noise_gain":
            raise
        message = str(rejected).replace("noise_gain = ", "gains: ")
        raise ProgramRejected(message, field="/settings/gains") from None
    return [[Level(next(found), count) for count in counts] for counts in shots]


def _pooled(one: Level, two: Level) -> Level:
    """Two runs as one, each counted by its share of the shots."""
    assert one.shots is not None
    assert two.shots is not None
    share = one.shots / (one.shots + two.shots)
    known = one.found.covariance, two.found.covariance
    pooled = Estimates(
        values=share * one.found.values + (1 - share) * two.found.values,
        variances=share**2 * one.found.variances + (1 - share) ** 2 * two.found.variances,
        notes=two.found.notes,
        failures={**one.found.failures, **two.found.failures},
        covariance=known[0].scaled(share).plus(known[1].scaled(1 - share))
        if known[0] and known[1]
        else None,
        kept=one.found.kept.labelled(part="pilot").plus(two.found.kept.labelled(part="rest")),
    )
    return Level(pooled, one.shots + two.shots)


def _allocated(task: Task, gains: FloatArray, pilot: list[Level], least: int) -> list[int]:
    """Shots after the pilot, ``|eta_j| sigma_j`` of them over all points and observables."""
    assert task.shots is not None
    variances = np.stack([one.found.variances for one in pilot])
    mean = variances.mean(axis=0)
    measured = np.isfinite(mean) & (mean > 0)
    sigma = np.sqrt((variances[:, measured] / mean[measured]).mean(axis=1) if measured.any() else 1)
    wanted = np.abs(_sensitivities(task, gains, pilot, measured)) * sigma
    left = task.shots - _pilot_shots(task, gains) * len(gains)
    spare = left - least * len(gains)
    return [least + int(spare * one / wanted.sum()) for one in wanted]


def _sensitivities(
    task: Task, gains: FloatArray, pilot: list[Level], measured: BoolArray
) -> FloatArray:
    """How the extrapolated value moves with that at each gain, shape ``(M,)``."""
    if _kind(task) != EXPONENTIAL:
        return extrapolation.coefficients(_kind(task), gains)
    if not measured.any():
        return np.ones(len(gains))
    signal = np.stack([(one.found.values - task.constants)[measured] for one in pilot], axis=1)
    noise = np.stack([one.found.variances[measured] for one in pilot], axis=1)
    _, decays = extrapolation.exponential(gains, signal, noise)
    strength = signal[:, 0] ** 2 / noise[:, 0]
    return extrapolation.sensitivities(gains, float(np.average(decays, weights=strength + 1e-300)))


def _extrapolated(
    task: Task, gains: FloatArray, found: list[Estimates]
) -> tuple[FloatArray, FloatArray]:
    """Values and variances at gain 0, shape ``(R, O)``; constants are not extrapolated."""
    raw = np.stack([one.values - task.constants for one in found])
    variances = np.stack([one.variances for one in found])
    if _kind(task) != EXPONENTIAL:
        eta = extrapolation.coefficients(_kind(task), gains)
        return task.constants + np.tensordot(eta, raw, 1), np.tensordot(eta**2, variances, 1)
    values, spread = task.constants, np.zeros_like(task.constants)
    for place in zip(*np.nonzero(np.isfinite(raw).all(axis=0) & raw.any(axis=0)), strict=True):
        signal, noise = raw[:, *place], variances[:, *place]
        fitted = noise if noise.all() else np.ones_like(noise)
        amplitude, _ = extrapolation.exponential(gains, signal[None], fitted[None])
        values[place] += amplitude[0]
        if noise.any():
            seed = task.seeded(*map(int, place)).seed
            spread[place] = extrapolation.exponential_error(gains, signal, noise, seed=seed) ** 2
    values[~np.isfinite(raw).all(axis=0)] = np.nan
    return values, spread
