"""Autoregressive co-kriging (Kennedy & O'Hagan 2000): a ladder instead of the star.

``y_0 = g_0`` and ``y_t(x) = rho_t y_{t-1}(x) + g_t(x)`` with independent Gaussian processes
``g_0 ~ GP(0, 4 + A² Matérn-5/2)`` and ``g_t ~ GP(0, A_t² (1 + Matérn-5/2))``. With
``w_j(t) = rho_{j+1} … rho_t`` for ``j ≤ t`` and 0 above, the covariance of two measurements is

``K_ik = Σ_j w_j(t_i) w_j(t_k) k_j(x_i, x_k) + V_ik + [i = k] (tau_t² + nugget)``,

which on nested, exact data is the recursive form of Le Gratiet & Garratt (2014), and needs neither.
The truth is the top level. Every source is a level, and so is every noise gain and every setting of
its knobs: devices first, then approximations, then references off their limit; within a role the
source with more measurements is lower, taken to be cheaper and less trusted. References are the
top. Without any, the truth is one more level that nobody measured, ``rho = 1`` and the amplitude of
the class prior (``anchor``). Mixed values, epochs and branches mean nothing here.
Shapes: ``T`` hyperparameter samples, ``P`` hyperparameters, ``N`` sites, ``M`` query points, ``D``
controls, ``L`` levels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from typing import ClassVar

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Observations, Prediction, Role
from qtwin.fusion.budget import Terms, mixture
from qtwin.fusion.calibration import (
    HeldOut,
    LeaveOneOut,
    hold_out,
    inflation,
    leave_one_out,
    loo_scores,
)
from qtwin.fusion.codec import dump_fit, read_fit
from qtwin.fusion.factors import Factors
from qtwin.fusion.fitted import Fitted
from qtwin.fusion.gaussian import independent, laplace
from qtwin.fusion.interval import cut, jackknife_plus, rule_for
from qtwin.fusion.jackknife import left_out
from qtwin.fusion.kernel import matern52, squared_differences
from qtwin.fusion.merge import merge
from qtwin.fusion.parameters import BIAS_CONSTANT, NUGGET, TRUTH_CONSTANT, TRUTH_LOG_AMPLITUDE
from qtwin.fusion.scaling import scale_of, standardise
from qtwin.fusion.sharing import LOG_AMPLITUDE
from qtwin.fusion.sites import Sites, unit_cube
from qtwin.fusion.slice_sampler import sample

RATIO = (1.0, 0.5)
"""Mean and sigma of rho_t above an approximation, which has the truth's unit."""

UNDAMPING = (1.2, 0.5)
"""Mean and sigma of rho_t above a device."""

FEW = 3
"""Sites of a level from which its ratio can be learned; with fewer its sigma is a fifth."""

LIMIT = 500
"""Most distinct measurements that one fit takes."""

_LOG_JITTER = (-7.0, 1.5)
_REACH = 5.0  # prior sigmas that the search for the optimum may go
_FAILED = 1e10
_FAR = 1e3  # where nothing measured is felt
_ROLES = (Role.DEVICE, Role.APPROXIMATION, Role.REFERENCE)


def fit_ar1(
    data: Observations, *, seed: int = 0, steps: int | None = None, keep: int = 24
) -> Ar1Fit:
    """Fit the ladder; hyperparameters are marginalised as those of the star are.

    Args:
        data: At most 500 distinct measurements.
        seed: Of the random numbers.
        steps: Steps of the slice sampler, a quarter of them burn-in; by default 320 up to 200
            distinct measurements, then fewer, down to 160.
        keep: Hyperparameter samples that predictions mix.

    Raises:
        ValueError: The observations are malformed, exact repeats differ, or there are too many.
    """
    sites = merge(data)
    if len(sites.y) > LIMIT:
        raise ValueError(f"{len(sites.y)} distinct measurements; one fit takes at most {LIMIT}")
    scale = scale_of(sites, data.value_bounds)
    ladder = ladder_of(standardise(sites, scale))
    rng = np.random.default_rng(seed)
    optimum = _optimum(ladder)
    thetas = sample(
        partial(_log_posterior, ladder=ladder),
        independent(ladder.mean, ladder.sigma),
        laplace(lambda theta: negative_log_posterior_ar1(theta, ladder)[1], optimum, ladder.sigma),
        rng,
        steps=steps or int(np.clip(320 * (200 / len(sites.y)) ** 2, 160, 320)),
        keep=keep,
    )
    factors = condition_ar1(ladder, thetas)
    held = hold_out(ladder.sites, factors)
    return Ar1Fit(
        sites=ladder.sites,
        bounds=np.asarray(data.bounds, dtype=np.float64),
        value_bounds=data.value_bounds,
        scale=scale,
        factors=factors,
        c2=inflation(leave_one_out(ladder.sites, held)),
        rule=rule_for(len(held)),
        widening=None,
        seed=seed,
    )


def load_ar1(blob: bytes) -> Ar1Fit:
    """Read what ``Ar1Fit.to_bytes`` wrote.

    Raises:
        ValueError: The archive has another schema version, or is no archive of a fit.
    """
    return read_fit(blob, Ar1Fit)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """Standardised sites on their levels, and the Gaussian prior of the hyperparameters.

    The vector is, level by level, ``rho`` (above the lowest), ``log A``, D ``log l`` and, where the
    level is not of a reference, ``log tau``; a truth that nobody measured has none.

    Attributes:
        sites: In standardised units.
        level: Of each site, shape ``(N,)``.
        sources: Of each level, the source that it is of.
        unmeasured: Whether the top level has no sites.
        squares: Squared differences per control, shape ``(D, N, N)``.
        names: Of the hyperparameters.
        mean: Shape ``(P,)``.
        sigma: Shape ``(P,)``.
    """

    sites: Sites
    level: IntArray
    sources: tuple[str, ...]
    unmeasured: bool
    squares: FloatArray
    names: tuple[str, ...]
    mean: FloatArray
    sigma: FloatArray

    def of(self, theta: FloatArray) -> _Parameters:
        """What a vector says of each level."""
        d, place = len(self.squares), dict(zip(self.names, theta, strict=True))
        levels = range(len(self.sources))
        jitter = [np.exp(2.0 * place.get(f"{t}.log_jitter", -np.inf)) for t in levels]
        return _Parameters(
            ratio=np.array([place.get(f"{t}.ratio", 1.0) for t in levels]),
            amplitude2=np.array(
                [np.exp(2.0 * place.get(f"{t}.log_amplitude", sum(LOG_AMPLITUDE))) for t in levels]
            ),
            inverse2=np.array(
                [
                    [np.exp(-2.0 * place.get(f"{t}.log_length[{i}]", 0.0)) for i in range(d)]
                    for t in levels
                ]
            ),
            jitter=np.array(jitter)[self.level] + NUGGET,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Parameters:
    """One vector of hyperparameters, per level: shapes ``(L,)``, ``(L, D)``; jitter ``(N,)``."""

    ratio: FloatArray
    amplitude2: FloatArray
    inverse2: FloatArray
    jitter: FloatArray

    @property
    def weights(self) -> FloatArray:
        """``w_j(t)`` in row t and column j, shape ``(L, L)``."""
        weights = np.eye(len(self.ratio))
        for t in range(1, len(weights)):
            weights[t, :t] = self.ratio[t] * weights[t - 1, :t]
        return weights

    def kernel(self, level: int, squares: FloatArray) -> FloatArray:
        """``k_j`` at squared differences of shape ``(D, …)``."""
        correlation = matern52(np.tensordot(self.inverse2[level], squares, 1)).value
        if level == 0:
            return np.asarray(TRUTH_CONSTANT + self.amplitude2[0] * correlation)
        return np.asarray(self.amplitude2[level] * (BIAS_CONSTANT + correlation))

    def variance(self, level: int) -> float:
        """``k_j(x, x)``."""
        return float(self.kernel(level, np.zeros((self.inverse2.shape[1], 1)))[0])


def ladder_of(sites: Sites) -> Ladder:
    """Order standardised sites into levels; the order of the rows has no part in it."""
    counts = np.bincount(sites.source)
    at_limit = ~sites.distance.any(axis=1)
    roles = np.array([_ROLES.index(spec.role) for spec in sites.specs])[sites.source]
    exact = (roles == _ROLES.index(Role.REFERENCE)) & at_limit
    key = np.column_stack(
        [exact, roles, -counts[sites.source], sites.source, -sites.distance, -sites.gain]
    )
    key[exact, 1:] = 0.0
    levels, level = np.unique(key, axis=0, return_inverse=True)
    level = level.ravel()
    sources = [sites.specs[sites.source[np.argmax(level == t)]].name for t in range(len(levels))]
    of_device = [bool(np.any(roles[level == t] == 0)) for t in range(len(levels))]
    ratios = [UNDAMPING if low and not high else RATIO for low, high in pairwise(of_device)]
    few = np.bincount(level)[1:] < FEW
    ratios = [
        (mean, sigma / 5 if f else sigma) for (mean, sigma), f in zip(ratios, few, strict=True)
    ]
    prior = _prior(ratios, sites.x.shape[1], exact=bool(exact.any()))
    return Ladder(
        sites=sites,
        level=level,
        sources=(*sources, *([] if exact.any() else [""])),
        unmeasured=not exact.any(),
        squares=squared_differences(sites.x, sites.x),
        names=tuple(prior),
        mean=np.array([mean for mean, _ in prior.values()]),
        sigma=np.array([sigma for _, sigma in prior.values()]),
    )


def _prior(
    ratios: list[tuple[float, float]], d: int, *, exact: bool
) -> dict[str, tuple[float, float]]:
    prior: dict[str, tuple[float, float]] = {}
    for t in range(len(ratios) + 1):
        if t:
            prior[f"{t}.ratio"] = ratios[t - 1]
        prior[f"{t}.log_amplitude"] = LOG_AMPLITUDE if t else TRUTH_LOG_AMPLITUDE
        prior |= {f"{t}.log_length[{i}]": (float(np.log(0.4 * np.sqrt(d))), 0.7) for i in range(d)}
        if not exact or t < len(ratios):
            prior[f"{t}.log_jitter"] = _LOG_JITTER
    return prior


def _covariance(parameters: _Parameters, ladder: Ladder) -> tuple[FloatArray, list[FloatArray]]:
    """K, and ``k_j`` among the sites for each level."""
    sites, weights = ladder.sites, parameters.weights[ladder.level]
    kernels = [parameters.kernel(j, ladder.squares) for j in range(len(ladder.sources))]
    matrix = np.diag(sites.var + parameters.jitter)
    if sites.shared is not None:
        rows, noise = sites.shared
        matrix[np.ix_(rows, rows)] += noise
    for j, kernel in enumerate(kernels):
        matrix += np.outer(weights[:, j], weights[:, j]) * kernel
    return matrix, kernels


def condition_ar1(ladder: Ladder, thetas: FloatArray) -> Factors:
    """Posterior factors at hyperparameters of shape ``(T, P)``."""
    from qtwin.fusion.factorisation import factorise_surely  # predicting has no need of scipy

    matrices = [_covariance(ladder.of(theta), ladder)[0] for theta in thetas]
    root = np.array([np.tril(np.linalg.inv(factorise_surely(matrix))) for matrix in matrices])
    alpha = np.einsum("tki,tkj,j->ti", root, root, ladder.sites.y, optimize=True)
    return Factors(theta=thetas, root=root, alpha=alpha)


def _log_posterior(theta: FloatArray, ladder: Ladder) -> float:
    """``log p(y | θ) + log p(θ)`` up to a constant; minus infinity where K has no factor."""
    with np.errstate(over="ignore", invalid="ignore"):
        matrix, _ = _covariance(ladder.of(theta), ladder)
    try:
        factor = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return -np.inf
    white = np.linalg.solve(factor, ladder.sites.y)
    z = (theta - ladder.mean) / ladder.sigma
    return -0.5 * float(white @ white + z @ z) - float(np.log(np.diag(factor)).sum())


def negative_log_posterior_ar1(theta: FloatArray, ladder: Ladder) -> tuple[float, FloatArray]:
    """``-log p(y | θ) - log p(θ)`` up to a constant, and its gradient, shape ``(P,)``."""
    parameters = ladder.of(theta)
    matrix, kernels = _covariance(parameters, ladder)
    try:
        root = np.linalg.inv(np.linalg.cholesky(matrix))
    except np.linalg.LinAlgError:
        return _FAILED, np.zeros_like(theta)
    white = root @ ladder.sites.y
    alpha = root.T @ white
    z = (theta - ladder.mean) / ladder.sigma
    value = 0.5 * float(white @ white + z @ z) - float(np.log(np.diag(root)).sum())
    pull = 0.5 * (root.T @ root - np.outer(alpha, alpha))
    by_name = _gradient(pull, kernels, parameters, ladder)
    gradient = np.array([by_name[name] for name in ladder.names]) + z / ladder.sigma
    return value, gradient


def _gradient(
    pull: FloatArray, kernels: list[FloatArray], parameters: _Parameters, ladder: Ladder
) -> dict[str, float]:
    """``Σ_ik W_ik dK_ik`` for each hyperparameter, W = ½ (K⁻¹ - α αᵀ)."""
    weights, levels = parameters.weights, len(ladder.sources)
    found: dict[str, float] = {}
    by_weight = np.zeros((levels, levels))
    for j, kernel in enumerate(kernels):
        w = weights[ladder.level, j]
        np.add.at(by_weight[:, j], ladder.level, 2.0 * ((pull * kernel) @ w))
        part = pull * np.outer(w, w)
        matern = matern52(np.tensordot(parameters.inverse2[j], ladder.squares, 1))
        grown = parameters.amplitude2[j] * (matern.value + (BIAS_CONSTANT if j else 0.0))
        found[f"{j}.log_amplitude"] = 2.0 * float(np.vdot(part, grown))
        slope = parameters.amplitude2[j] * part * matern.slope
        for i, squares in enumerate(ladder.squares):
            length = parameters.inverse2[j, i] * np.vdot(slope, squares)
            found[f"{j}.log_length[{i}]"] = float(length)
    trace = np.bincount(
        ladder.level, weights=np.diag(pull) * (parameters.jitter - NUGGET), minlength=levels
    )
    for t in range(levels):
        found[f"{t}.log_jitter"] = 2.0 * float(trace[t])
        inner = weights[t:, t] @ by_weight[t:, :t] @ weights[t - 1, :t] if t else 0.0
        found[f"{t}.ratio"] = float(inner)
    return found


def _optimum(ladder: Ladder) -> FloatArray:
    from scipy.optimize import minimize  # predicting has no need of scipy

    reach = _REACH * ladder.sigma
    found = minimize(
        partial(negative_log_posterior_ar1, ladder=ladder),
        ladder.mean,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(ladder.mean - reach, ladder.mean + reach, strict=True)),
        options={"maxiter": 120},
    )
    return np.asarray(found.x)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ar1Fit(Fitted):
    """The posterior of the ladder; implements ``Surrogate``.

    In its budget ``bias:<source>`` is what a level adds to that source, the one below it, and
    ``epistemic`` what is open of the lowest.
    """

    model: ClassVar[str] = "ar1"

    @property
    def names(self) -> tuple[str, ...]:
        """Of the hyperparameters."""
        return self._ladder.names

    @cached_property
    def _ladder(self) -> Ladder:
        return ladder_of(self.sites)

    @cached_property
    def _held(self) -> tuple[HeldOut, ...]:
        return hold_out(self.sites, self.factors)

    @cached_property
    def _loo(self) -> LeaveOneOut:
        return leave_one_out(self.sites, self._held)

    def predict(self, x: FloatArray) -> Prediction:
        """Belief about the truth at ``x``, shape ``(M, D)``, in canonical units.

        Raises:
            ValueError: ``x`` has another number of columns than there are controls, or a NaN.
        """
        points = self._checked(x)
        squares = squared_differences(self.sites.x, points)
        thetas = zip(self.factors.theta, self.factors.root, self.factors.alpha, strict=True)
        terms, weights = [], []
        for theta, root, alpha in thetas:
            split, c = self._split(self._ladder.of(theta), squares, root, alpha)
            terms.append(split)
            weights.append(c)
        mean, variance, shares = mixture(terms)
        budget = {key: self.c2 * self.scale.factor**2 * part for key, part in variance.items()}
        std = np.sqrt(sum(budget.values(), np.zeros(len(points))))
        mean = self.scale.shift + self.scale.factor * mean
        reach = self.rule.quantile * std
        lower, upper = mean - reach, mean + reach
        if self.rule.jackknife:
            lower, upper = self._jackknife(terms, weights)
        lower, upper = cut(lower, upper, self.value_bounds)
        return Prediction(
            mean=mean,
            std=std,
            lower=lower,
            upper=upper,
            budget=budget,
            shares=shares,
            claim=self.rule.claim,
            references=len(self._held),
            c2=self.c2,
            nu=self.rule.nu,
        )

    def scores(self) -> Mapping[str, float]:
        """Leave-one-out scores on the reference points; only ``c2`` when there is none."""
        return loo_scores(
            self._loo, c2=self.c2, quantile=self.rule.quantile, factor=self.scale.factor
        )

    def to_bytes(self) -> bytes:
        """The whole fit as an ``.npz`` archive without pickles; see ``codec``."""
        return dump_fit(self)

    def _checked(self, x: FloatArray) -> FloatArray:
        points = np.asarray(x, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != len(self.bounds):
            raise ValueError(f"x has shape {points.shape}; expected (M, {len(self.bounds)})")
        if not np.all(np.isfinite(points)):
            raise ValueError("x has a value that is not finite")
        return np.clip(unit_cube(points, self.bounds), -_FAR, _FAR)

    def _split(
        self, parameters: _Parameters, squares: FloatArray, root: FloatArray, alpha: FloatArray
    ) -> tuple[Terms, FloatArray]:
        """Prediction of one sample, and its weights ``c`` of shape ``(N, M)``."""
        ladder, top = self._ladder, parameters.weights[-1]
        w = parameters.weights[ladder.level]
        each = [
            top[j] * w[:, j, None] * parameters.kernel(j, squares) for j in range(len(top))
        ]  # covariance of the sites with what level j gives the truth
        cross = sum(each, np.zeros(squares.shape[1:]))
        c = root.T @ (root @ cross)
        variance = {"epistemic": np.zeros(c.shape[1])}
        variance |= {f"bias:{name}": np.zeros(c.shape[1]) for name in ladder.sources[:-1]}
        for j, part in enumerate(each):
            own = np.outer(w[:, j], w[:, j]) * parameters.kernel(j, ladder.squares)
            left = top[j] ** 2 * parameters.variance(j) + np.einsum(
                "nm,nm->m", c, own @ c - 2 * part
            )
            cause = f"bias:{ladder.sources[j - 1]}" if j else "epistemic"
            variance[cause] = variance[cause] + np.maximum(left, 0.0)
        variance["shot"] = self.sites.var @ c**2
        if self.sites.shared is not None:
            rows, noise = self.sites.shared
            variance["shot"] += np.einsum("im,im->m", c[rows], noise @ c[rows])
        variance["jitter"] = parameters.jitter @ c**2
        pulls = c * cross
        pull = {
            spec.name: pulls[self.sites.rows(s)].sum(axis=0)
            for s, spec in enumerate(self.sites.specs)
        }
        return Terms(mean=alpha @ cross, variance=variance, pull=pull), c

    def _jackknife(
        self, terms: list[Terms], weights: list[FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        mean, variance = left_out(terms, weights, self._held)
        lower, upper = jackknife_plus(mean, np.sqrt(variance), self._loo.point_scores)
        shift, factor = self.scale.shift, self.scale.factor
        return shift + factor * lower, shift + factor * upper
