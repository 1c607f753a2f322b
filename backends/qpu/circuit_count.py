"""How many circuits a point takes, before anything that knows its circuits is loaded.

A point takes one circuit for each group of words that are measured together, of each level. Where
words are known only once an engine has run, a bound is declared, and kept: see `CIRCUITS`.
"""

from __future__ import annotations

from typing import Any

from backends.errors import ProgramRejected
from backends.methods import programs
from backends.methods.grouping import all_z, group
from backends.methods.variational.vqe import wanted_levels
from backends.schema import Experiment
from backends.setting import Between
from backends.systems import QubitSystem
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_system import HAMILTONIAN

CIRCUITS = "circuits"
MOST = 100
DEFAULT = 10
"""For molecules: what is reserved for a point where no bound is set."""
SETTING = (CIRCUITS, Between(1, MOST))


def circuits(experiment: Experiment, system: Any) -> int:
    """Most circuits of one point.

    Raises:
        ProgramRejected: The bound that was set is no whole number.
    """
    declared = experiment.settings.get(CIRCUITS)
    if declared is not None:
        if type(declared) is not int:
            raise ProgramRejected(
                f"{CIRCUITS} = {declared!r}; allowed: whole numbers from 1 to {MOST}",
                field=f"/settings/{CIRCUITS}",
            )
        return declared
    levels = 1 + wanted_levels(experiment)
    if experiment.method in programs.SOLVED:
        return levels
    if not isinstance(system, QubitSystem):
        return DEFAULT * levels
    return max(1, len(group(_words(experiment, system)))) * levels


def _words(experiment: Experiment, system: QubitSystem) -> set[PauliWord]:
    words: set[PauliWord] = set()
    for known in system.measurables(experiment.points):
        for name in experiment.observables:
            operator = known.get(name, known.get(HAMILTONIAN))
            whole = [all_z(system.qubits)]
            words.update(operator.terms if isinstance(operator, PauliSum) else whole)
    return words
