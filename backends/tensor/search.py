"""Two-site DMRG at a fixed bond dimension: White, Phys. Rev. Lett. 69, 2863 (1992).

Hubig, McCulloch, Schollwöck and Wolf (Phys. Rev. B 91, 155115 (2015)) explain the mixer, which
lets the first sweeps leave the space of the start. The energy is ``<H>`` in the truncated state,
not the sweep's own, which is taken before the truncation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backends.tensor.engine import engine_class

MIXED_SWEEPS = 3
MIXER_DECAY = 10.0
MIXED_AGAIN = 2
"""Sweeps with the mixer from a state that a search has found."""
MIXED_CONSERVING = 4
DECAY_CONSERVING = 2.0
"""Where numbers are conserved, only the mixer leads out of the numbers that a bond has."""
MAX_SWEEPS = 120
SMALLEST_SCHMIDT = 1e-10
WORST_ENERGY = 1e-8
WORST_ENTROPY = 1e-5
"""Changes in the last of `MAX_SWEEPS` sweeps above these are no convergence."""


class NotConverged(Exception):
    """The sweeps did not settle; the message says how far they were."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """A state at the end of a search.

    Attributes:
        energy: ``<H>``.
        state: TeNPy MPS in canonical form.
        discarded: Largest weight that a bond discarded in the last sweep.
        sweeps: How many sweeps there were.
    """

    energy: float
    state: Any
    discarded: float
    sweeps: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """A Hamiltonian whose lowest state is wanted.

    Attributes:
        sites: TeNPy sites.
        operator: TeNPy MPO.
        scale: Sum of the coefficients' absolute values.
        conserves: Whether numbers are conserved.
        below: States to which the wanted one is orthogonal.
    """

    sites: Sequence[Any]
    operator: Any
    scale: float
    conserves: bool
    below: tuple[Any, ...] = ()


def search(
    problem: Problem,
    start: Any,
    bond_dimension: int,
    *,
    mixed: int = MIXED_SWEEPS,
    known: Any = None,
) -> Found | None:
    """The lowest state that sweeps from a start lead to; None where that is ``known``.

    Args:
        start: TeNPy MPS; not changed.
        mixed: Sweeps with the mixer; more where numbers are conserved.
        known: TeNPy MPS that a search has found, or None.

    Raises:
        NotConverged: The sweeps did not settle.
    """
    from tenpy.models.lattice import TrivialLattice
    from tenpy.models.model import MPOModel
    from tenpy.tools import optimization

    state = start.copy()
    model = MPOModel(TrivialLattice(list(problem.sites)), problem.operator)
    options = _options(problem, bond_dimension, mixed)
    orthogonal = {"orthogonal_to": list(problem.below)} if problem.below else {}
    engine = engine_class()(state, model, options, **orthogonal)
    engine.known = known
    for unused in (engine.options, engine.lanczos_params):  # where TeNPy diagonalises densely
        unused.touch(*unused.keys())
    with optimization.temporary_level("skip_arg_checks"):  # they take half of the time
        engine.run()
    if engine.met:
        return None
    _check_settled(engine, problem.scale)
    state.canonical_form()
    return Found(
        energy=float(problem.operator.expectation_value(state).real),
        state=state,
        discarded=float(engine.sweep_stats["max_trunc_err"][-1]),
        sweeps=int(engine.sweeps),
    )


def _check_settled(engine: Any, scale: float) -> None:
    energy, entropy = engine.last("Delta_E"), engine.last("Delta_S")
    settled = energy < WORST_ENERGY * max(1.0, scale) and entropy < WORST_ENTROPY
    if not (settled or engine.is_converged()):
        raise NotConverged(
            f"DMRG did not settle in {engine.sweeps} sweeps: the last changed the energy by "
            f"{energy:.1e} and the entropy by {entropy:.1e}"
        )


def _options(problem: Problem, bond_dimension: int, mixed: int) -> dict[str, Any]:
    decay = DECAY_CONSERVING if problem.conserves else MIXER_DECAY
    mixed = MIXED_CONSERVING if problem.conserves else mixed
    return {
        "mixer": True,
        "mixer_params": {"amplitude": 1e-3, "decay": decay, "disable_after": mixed},
        "scale": max(1.0, problem.scale),
        "min_sweeps": mixed,
        "max_sweeps": MAX_SWEEPS,
        "trunc_params": {"chi_max": bond_dimension, "svd_min": SMALLEST_SCHMIDT},
        "norm_tol": None,  # `search` restores the canonical form itself
        "max_trunc_err": 1.0,  # truncation is what is asked for, no fault
        "max_N_sites_per_ring": 10**6,  # the sites are a line, not a cylinder
        "P_tol_to_trunc": None,  # a loose Lanczos never settles at a low bond dimension
        "lanczos_params": {"P_tol": 1e-13, "N_max": 10},
        "max_N_for_ED": 32,
        "combine": True,
    }
