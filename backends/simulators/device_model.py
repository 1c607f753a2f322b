"""A device as its calibration describes it, in the gates that we use.

``rz`` is a turn of the frame, without error or duration; ``sx`` and ``x`` have the errors of those
gates, of ``u2`` and ``u3``, or of the device's one-qubit gates. A pair has its best two-qubit gate,
as ``cx``, ``cz`` or ``ecr``, and as ``cz`` with the same error where it is another one. Gates that
do not work are left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from backends.errors import ProgramRejected
from backends.schema import CalibrationSnapshot, GateCalibration

if TYPE_CHECKING:
    from qiskit.transpiler import Target

CALIBRATION = "calibration"
MOST_QUBITS = 1200
SINGLE = {"sx": ("sx", "u2", "1q"), "x": ("x", "u3", "1q")}
PAIRS = ("ecr", "cz", "cx")
SYMMETRIC = "cz"
BROKEN = 0.75
"""Above it a pair is depolarized entirely."""


def key_of(settings: Mapping[str, Any]) -> str:
    """The calibration in a source's settings as text, the same for equal ones.

    Raises:
        ProgramRejected: It is none, or describes no device with gates.
    """
    field = f"/settings/{CALIBRATION}"
    try:
        said = CalibrationSnapshot.from_dict(settings.get(CALIBRATION))
    except ValueError as error:
        raise ProgramRejected(
            f"{CALIBRATION}: {error}; allowed: the document of a calibration", field=field
        ) from None
    pairs = [gate for gate in said.gates if len(gate.qubits) != 1]
    if not 1 <= size_of(said) <= MOST_QUBITS or not (pairs or len(said.qubits) == 1):
        raise ProgramRejected(
            f"{said.device} has {size_of(said)} qubits and {len(pairs)} pairs in its calibration; "
            f"allowed: 1 to {MOST_QUBITS} qubits with gates between them",
            field=field,
        )
    return said.to_bytes().decode()


def is_key(name: str) -> bool:
    """Whether a device's name is rather the text of a calibration."""
    return name.startswith("{")


@lru_cache(maxsize=64)
def snapshot_of(key: str) -> CalibrationSnapshot:
    """What `key_of` wrote.

    Raises:
        ValueError: It is something else.
    """
    return CalibrationSnapshot.from_dict(json.loads(key))


def size_of(said: CalibrationSnapshot) -> int:
    """Qubits, counted from 0 to the last one that is named."""
    named = [*said.qubits, *(qubit for gate in said.gates for qubit in gate.qubits)]
    return max(named, default=-1) + 1


def target_of(said: CalibrationSnapshot) -> Target:
    """Gates, durations and errors for Qiskit."""
    from qiskit.circuit import Measure, Parameter
    from qiskit.circuit.library import CXGate, CZGate, ECRGate, RZGate, SXGate, XGate
    from qiskit.transpiler import InstructionProperties, QubitProperties, Target

    size = size_of(said)
    made = Target(
        num_qubits=size,
        qubit_properties=[
            QubitProperties(t1=one.t1_s, t2=one.t2_s) if one else QubitProperties()
            for one in map(said.qubits.get, range(size))
        ],
    )
    found = {name: _single(said, names) for name, names in SINGLE.items()} | _pairs(said)
    qubits = sorted(found["sx"])
    free = InstructionProperties(error=0.0, duration=0.0)
    made.add_instruction(RZGate(Parameter("angle")), dict.fromkeys(qubits, free))
    classes = {"sx": SXGate, "x": XGate, "cx": CXGate, "cz": CZGate, "ecr": ECRGate}
    for name, gates in found.items():
        if gates:
            made.add_instruction(
                classes[name](),
                {
                    places: InstructionProperties(error=one.error, duration=one.duration_s)
                    for places, one in gates.items()
                },
            )
    reads = {
        (index,): InstructionProperties(error=0.5 * (one.reads_1_of_0 + one.reads_0_of_1))
        for index, one in said.qubits.items()
        if one.reads_1_of_0 is not None and one.reads_0_of_1 is not None
    }
    made.add_instruction(Measure(), reads)
    return made


Gates = dict[tuple[int, ...], GateCalibration]


def _single(said: CalibrationSnapshot, names: tuple[str, ...]) -> Gates:
    known = [g for g in said.gates if len(g.qubits) == 1 and g.name in names and g.error < BROKEN]
    best = sorted(known, key=lambda gate: names.index(gate.name), reverse=True)
    return {gate.qubits: gate for gate in best}


def _pairs(said: CalibrationSnapshot) -> dict[str, Gates]:
    """Of each pair the best gate, by our name for it."""
    found: dict[str, Gates] = {name: {} for name in PAIRS}
    known = [g for g in said.gates if len(g.qubits) != 1 and g.error < BROKEN]
    own = [gate for gate in known if gate.name in PAIRS]
    for gate in sorted(own or known, key=lambda gate: gate.error, reverse=True):
        name = gate.name if gate.name in PAIRS else SYMMETRIC
        places = [gate.qubits] if gate.qubits else list(combinations(sorted(said.qubits), 2))
        for pair in places:
            found[name][pair] = gate
            if name == SYMMETRIC:
                found[name][pair[::-1]] = gate
    return found
