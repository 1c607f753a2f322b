"""What free fermions say about each state of a system at many points, in polynomial time.

Levels and ground states come from the modes, means from Wick's theorem, and evolved states from
``G(t) = exp(M t) G(0) exp(M t)^T``, each in the parity that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from backends.classical import free_modes
from backends.classical.answers import DEGENERATE, NOT_CONVERGED, Answer
from backends.classical.gaussian import Wick, entropy
from backends.classical.majorana import NotFree, Quadratic, quadratic
from backends.methods.problem import Problem
from backends.schema.experiment import FloatArray
from backends.systems import QubitSystem
from backends.systems import qubit_observables as named
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import HAMILTONIAN, Sector
from backends.systems.state import Evolved, Ground, State, Thermal

MAX_QUBITS = 256
LEVELS = {"energy": 0, named.FIRST: 1, named.SECOND: 2}
_ACROSS = {"Z": "+-", "X": "01"}
"""Letters of product states along an axis that strings do not run along."""
_ALONG = {"Z": "01", "X": "+-"}

Measured = Mapping[str, PauliSum]
OnePoint = Callable[[Quadratic, Wick, Measured, int], list[float]]


def without_answer(system: QubitSystem, names: Sequence[str]) -> int | None:
    """Which of the observables is neither a level nor a Pauli sum."""
    for index, name in enumerate(names):
        if name in system.projectors or name == named.RETURN:
            return index
    return None


def refusal(system: QubitSystem, hamiltonian: PauliSum) -> str:
    """Why the system is not one of free modes, or nothing."""
    try:
        form = quadratic(hamiltonian)
        if system.sector and isinstance(system.state, Ground):
            free_modes.hopping(form)
        if isinstance(system.state, Evolved):
            starts(form, system.state.initial)
    except NotFree as error:
        return str(error)
    if isinstance(system.state, Thermal) and (form.split or system.sector):
        return (
            "thermal states of closed rings of spins, or of fixed numbers, are not those of free "
            "modes; allowed: open chains, or electrons with mu"
        )
    return ""


def answers(
    problem: Problem, system: QubitSystem, points: FloatArray, names: Sequence[str]
) -> Iterator[Answer]:
    """About the system's state, point by point."""
    asked = _asked(system.state, system, points, names)
    known: dict[str, Wick] = {}
    for row, measured in enumerate(problem.operators):
        try:
            form = quadratic(measured[HAMILTONIAN])
            wick = known.setdefault(form.axis, Wick(form.axis))
            yield asked(form, wick, measured, row)
        except NotFree as error:
            yield str(error)


def starts(form: Quadratic, initial: str) -> list[tuple[int, FloatArray]]:
    """Parities with the covariance of an initial product state in each; equal shares.

    A state along the axis has one parity. One across it, ``X_q = s_q``, is a sum of both; in each
    ``<X_q X_(q+1)> = s_q s_(q+1)``, which is ``-i g_(2q+1) g_(2q+2)``, and the closing bond follows
    from the parity.

    Raises:
        NotFree: It is neither.
    """
    letters = initial[::-1]
    qubits, signs = len(letters), np.array([1 if letter in "0+" else -1 for letter in letters])
    found = np.zeros((2 * qubits, 2 * qubits))
    bits = np.arange(qubits)
    if set(letters) <= set(_ALONG.get(form.axis, "")):
        found[2 * bits, 2 * bits + 1] = -signs
        return [(int(np.prod(signs)), found - found.T)]
    if not set(letters) <= set(_ACROSS.get(form.axis, "")):
        raise NotFree(
            f"initial = {initial!r} is not Gaussian here; allowed: "
            + " or ".join(sorted({_ALONG.get(form.axis, ""), _ACROSS.get(form.axis, "")} - {""}))
            + " alone, for all qubits"
        )
    both = []
    for parity in (1, -1):
        pairs = found.copy()
        pairs[2 * bits[:-1] + 1, 2 * bits[1:]] = -signs[:-1] * signs[1:]
        pairs[0, -1] -= parity * signs[0] * signs[-1]
        both.append((parity, pairs - pairs.T))
    return both


def _asked(state: State, system: QubitSystem, points: FloatArray, names: Sequence[str]) -> OnePoint:
    if isinstance(state, Thermal):
        temperatures = system.temperatures(points)
        return lambda form, wick, measured, row: _thermal(
            form, wick, measured, names, float(temperatures[row])
        )
    if isinstance(state, Evolved):
        times = system.durations(points)
        return lambda form, wick, measured, row: _evolved(
            form, wick, measured, names, initial=state.initial, time=float(times[row])
        )
    return lambda form, wick, measured, row: _ground(form, wick, measured, names, system.sector)


def _ground(
    form: Quadratic, wick: Wick, measured: Measured, names: Sequence[str], sector: Sector
) -> list[float]:
    space = free_modes.ground(form, sector, states=not set(names) <= {*LEVELS, named.GAP})
    return [_of_ground(space, wick, measured, name) for name in names]


def _of_ground(space: free_modes.GroundSpace, wick: Wick, measured: Measured, name: str) -> float:
    number = 1 if name == named.GAP else LEVELS.get(name)
    if number is not None:
        if number >= len(space.levels):
            raise NotFree(NOT_CONVERGED)
        low = space.levels[0] if name == named.GAP else 0.0
        return float(space.levels[number] - low)
    if name == named.ENTROPY:
        qubits = len(space.states[0]) // 2
        pure = np.abs(space.states[0] @ space.states[0] + np.eye(2 * qubits)).max() < 1e-8
        if len(space.states) > 1 or not pure:
            raise NotFree(DEGENERATE)
        return entropy(space.states[0], qubits // 2)
    return float(np.mean([wick.mean(measured[name], state) for state in space.states]))


def _evolved(
    form: Quadratic,
    wick: Wick,
    measured: Measured,
    names: Sequence[str],
    *,
    initial: str,
    time: float,
) -> list[float]:
    from scipy.linalg import expm

    moved = []
    for parity, start in starts(form, initial):
        turn = expm(form.matrix(parity) * time)
        moved.append(turn @ start @ turn.T)
    found = []
    for name in names:
        if len(moved) > 1 and (name == named.ENTROPY or wick.odd(measured[name])):
            raise NotFree(
                f"{name} mixes the two parities of this initial state; allowed: the method "
                "evolution, or an initial state along the strings"
            )
        if name == named.ENTROPY:
            found.append(entropy(moved[0], len(initial) // 2))
        else:
            found.append(float(np.mean([wick.mean(measured[name], one) for one in moved])))
    return found


def _thermal(
    form: Quadratic, wick: Wick, measured: Measured, names: Sequence[str], temperature: float
) -> list[float]:
    """Modes are filled by the Fermi function at zero chemical potential."""
    modes = free_modes.modes(form, 1)
    halves = modes.energies / (2 * temperature)
    state = modes.covariance(np.tanh(halves))
    found = []
    for name in names:
        if name == named.FREE_ENERGY:
            spread = halves + np.log1p(np.exp(-2 * halves))
            found.append(modes.constant - temperature * float(spread.sum()))
        elif name == named.HEAT_CAPACITY:
            with np.errstate(over="ignore"):
                found.append(float(np.sum((halves / np.cosh(halves)) ** 2)))
        else:
            found.append(wick.mean(measured[name], state))
    return found
