"""The forms of a circuit and of a Hamiltonian of one's own."""

from __future__ import annotations

from backends.systems.pauli_sum import TIMES
from qtwin.web.wizard import notation
from qtwin.web.wizard.field import Field, options, whole
from qtwin.web.wizard.forms.parts import Group, own, state

CIRCUIT = (
    Group(
        "Circuit",
        (
            Field(
                at="/qasm",
                label="Program in OpenQASM 3",
                kind="code",
                needed=True,
                help="At most 64 KiB and 1024 qubits.",
                read=notation.program_read,
                rows=16,
            ),
        ),
    ),
    own(needed=True),
)
PAULI = (
    Group(
        "Hamiltonian",
        (
            Field(at="/qubits", label="Qubits", needed=True, read=whole, help="1 to 256."),
            Field(
                at="/terms",
                label="Terms",
                kind="lines",
                needed=True,
                help="A line for each: coefficient * word, such as -field * X0 or 0.5 * Z0 Z1. The "
                "coefficient is a number or an expression of controls.",
                read=notation.terms_read,
                show=notation.terms_shown,
                computed=True,
                rows=6,
            ),
            Field(
                at="/unit",
                label="Unit of the energy",
                kind="choice",
                choices=options(*TIMES),
                read=str,
            ),
        ),
    ),
    state("ground", "thermal", "evolved", time="1/unit"),
    own(),
)
