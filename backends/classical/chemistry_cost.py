"""What the methods of quantum chemistry cost: fitted to one core, within a factor of two.

``o`` and ``v`` are occupied and empty active orbitals, ``N`` active ones, ``M`` those of the basis.
"""

from __future__ import annotations

from backends.classical.chemistry import LEVELS_OF
from backends.classical.correlation import RESTRICTED, Want
from backends.classical.full_ci import determinants, roots_of
from backends.schema import Cost, Experiment
from backends.systems import Molecule
from backends.systems import molecular_observables as named
from backends.systems.active_space import ActiveSpace

_START_S, _START_BYTES = 0.01, 150_000_000
MEAN_FIELD_S = 0.045
"""Hartree-Fock and the integrals of one small molecule."""
_INCORE_BYTES = 4_000_000_000
"""PySCF keeps no more integrals than this in memory."""


def want(names: tuple[str, ...]) -> Want:
    """What the observables need of a method."""
    return Want(
        levels=max(LEVELS_OF.get(name, 1) for name in names),
        density=any(name in named.DIPOLES for name in names),
    )


def cost(experiment: Experiment, molecule: Molecule, space: ActiveSpace) -> Cost:
    """Time and memory of all points."""
    size, points = molecule.orbitals, len(experiment.points)
    seconds, memory = MEAN_FIELD_S + 2e-8 * size**4, min(2.0 * size**4, _INCORE_BYTES)
    asked = want(experiment.observables)
    if experiment.method in RESTRICTED:
        more = _full(space, asked)
    else:
        more = _correlated(experiment.method, space, asked, unrestricted=molecule.spin > 0)
    return Cost(
        seconds=_START_S + (seconds + more[0]) * points,
        memory_bytes=int(_START_BYTES + memory + more[1]),
    )


def _full(space: ActiveSpace, asked: Want) -> tuple[float, float]:
    size, roots = (
        determinants(space.orbitals, space.electrons),
        roots_of(asked.levels),
    )
    seconds = 1.5e-6 * size * space.orbitals * roots
    return seconds, 8.0 * size * (60 + 8 * roots)


def _correlated(
    method: str, space: ActiveSpace, asked: Want, *, unrestricted: bool
) -> tuple[float, float]:
    o = max(space.electrons)
    v = space.orbitals - min(space.electrons)
    doubles, triples = o**2 * v**4, o**3 * v**4
    spins = 5 if unrestricted else 1
    seconds = {
        "hf": 0.0,
        "mp2": 0.08 + 2e-10 * o * space.orbitals**4,
        "cisd": 0.02 + 3e-9 * doubles,
        "ccsd": 0.12 + 1e-8 * doubles + 2e-8 * o**3 * v**3,
    }
    seconds["ccsd_t"] = seconds["ccsd"] + 3.5e-10 * triples
    memory = 0.0 if method == "hf" else 16.0 * (v**4 / 4 + 2 * o * v**3 + 12 * o**2 * v**2)
    density = 2.5 if asked.density and method in {"ccsd", "cisd"} else 1.0
    return seconds[method] * spins * density, min(memory * spins, 2.0 * _INCORE_BYTES)
