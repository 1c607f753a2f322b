"""A circuit in OpenQASM 3 whose inputs are the controls.

The program is only screened here (see `backends.qasm`); it is parsed where it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from backends.errors import ProgramRejected
from backends.qasm.screen import Screened, screen
from backends.qasm.tokens import MOST_BYTES, QasmError
from backends.schema.experiment import FloatArray
from backends.systems import own_observable
from backends.systems.control import Control
from backends.systems.document import Document
from backends.systems.observable import ObservableSpec
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import QubitSystem
from backends.systems.state import Prepared

PARAMETRIC_CIRCUIT_SCHEMA_VERSION = 1
UNITS = ("rad", "dimensionless")
MOST_CONTROLS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametricCircuit(QubitSystem):
    """A circuit on qubits that start in 0; registers number their qubits as they are declared.

    Attributes:
        qasm: The program.
        screened: What is known of it without parsing it.
    """

    kind: ClassVar[str] = "parametric_circuit"
    qasm: str
    screened: Screened

    @classmethod
    def parse(cls, document: Document) -> ParametricCircuit:
        """Read a parametric circuit, without parsing its program.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only("kind", "schema_version", "qasm", "observables", "controls")
        version = PARAMETRIC_CIRCUIT_SCHEMA_VERSION
        document.integer("schema_version", version, version)
        entries = document.documents("controls", 0, MOST_CONTROLS, ())
        controls = tuple(Control.parse(entry, UNITS) for entry in entries)
        qasm = _program(document)
        try:
            screened = screen(qasm)
        except QasmError as error:
            raise ProgramRejected(str(error), field=document.at("qasm")) from None
        names = [control.name for control in controls]
        _check_inputs(document, names, screened.inputs)
        circuit = cls(controls=controls, qasm=qasm, screened=screened, state=Prepared())
        own = own_observable.parse(document, names, screened.qubits, ())
        if not own:
            raise ProgramRejected(
                "observables is empty; allowed: 1 or more Pauli sums or bit strings",
                field=document.at("observables"),
            )
        return replace(circuit, own=own)

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        return self.own_specs

    @property
    def qubits(self) -> int:
        return self.screened.qubits

    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        """At each point of shape ``(P, C)``, the Pauli sums; there is no Hamiltonian."""
        return [*self.own_operators(points)]

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "schema_version": PARAMETRIC_CIRCUIT_SCHEMA_VERSION,
            "qasm": self.qasm,
            "observables": [one.to_dict() for one in self.own],
            "controls": [control.to_dict() for control in self.controls],
        }


def _program(document: Document) -> str:
    qasm = document.long_text("qasm", MOST_BYTES)
    size = len(qasm.encode("utf-8", "surrogatepass")) if len(qasm) <= MOST_BYTES else len(qasm)
    if not 0 < size <= MOST_BYTES:
        raise ProgramRejected(
            f"qasm has {size} bytes; allowed: 1 to {MOST_BYTES}", field=document.at("qasm")
        )
    return qasm


def _check_inputs(document: Document, names: list[str], inputs: tuple[str, ...]) -> None:
    """Refuse controls that are no input, and inputs that are no control."""
    for index, name in enumerate(names):
        wrong = ""
        if name in names[:index]:
            wrong = "is declared twice; allowed: each control once"
        elif name not in inputs:
            wrong = "is no input of the circuit; allowed: " + (", ".join(inputs) or "none")
        if wrong:
            at = f"{document.at('controls')}/{index}/name"
            raise ProgramRejected(f"the control {name!r} {wrong}", field=at)
    for name in inputs:
        if name not in names:
            raise ProgramRejected(
                f"the input {name} has no control, {', '.join(names) or 'nothing'} has; allowed: "
                "a control for each input",
                field=document.at("qasm"),
            )
