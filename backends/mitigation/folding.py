"""Amplifying the noise of a compiled circuit: global and local unitary folding.

Giurgica-Tiron et al., IEEE QCE 2020, arXiv:2005.10921. Global: ``U -> U (U† U)^k``, and a tail of
``U`` once more. Local: ``G -> G (G† G)^k`` for every gate, and two-qubit gates spread evenly over
the circuit once more. The gain counts two-qubit gates; readout is not amplified.
"""

from __future__ import annotations

from dataclasses import dataclass

from backends.methods.circuit import Gate
from backends.mitigation.tape import Compilation, Tape
from backends.simulators.folding import fold_pairs

GLOBAL = "global"
LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Fold:
    """A pass that multiplies the number of two-qubit gates by the gain.

    Raises:
        ProgramRejected: No number of folds has this gain; names the nearest gains that exist.
    """

    gain: float
    kind: str = GLOBAL

    def __call__(self, source: Compilation) -> Compilation:
        pairs = fold_pairs(source.two_qubit_gates, self.gain)
        if not pairs:
            return source
        whole, rest = divmod(pairs, source.two_qubit_gates)
        tape = Tape(source)
        (_fold_globally if self.kind == GLOBAL else _fold_locally)(tape, source, whole, rest)
        return tape.finished()


def _fold_globally(tape: Tape, source: Compilation, whole: int, rest: int) -> None:
    gates = source.circuit.gates
    pairs = [index for index, gate in enumerate(gates) if len(gate.qubits) == 2]
    tape.write(*gates)
    for tail in [gates] * whole + ([gates[pairs[-rest] :]] if rest else []):
        for gate in reversed(tail):
            tape.undo(gate)
        tape.write(*tail)


def _fold_locally(tape: Tape, source: Compilation, whole: int, rest: int) -> None:
    total, seen = source.two_qubit_gates, 0
    for gate in source.circuit.gates:
        more = 0
        if len(gate.qubits) == 2:
            # The rest is spread evenly: Bresenham's line of `rest` steps over `total` gates.
            more = (seen + 1) * rest // total - seen * rest // total
            seen += 1
        _repeat(tape, gate, whole + more)


def _repeat(tape: Tape, gate: Gate, times: int) -> None:
    tape.write(gate)
    for _ in range(times):
        tape.undo(gate)
        tape.write(gate)
