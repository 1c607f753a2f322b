"""Circuits with parameters."""

from __future__ import annotations

from qtwin.projects.templates.template import Template, control, document

KIND = "parametric_circuit"
HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
QAOA = f"""{HEAD}input float gamma;
input float beta;
qubit[4] q;
h q;
// cost: MaxCut on a ring of four
for int i in [0:3] {{
  rzz(gamma) q[i], q[(i + 1) % 4];
}}
// mixer
rx(2 * beta) q;
"""
ANSATZ = f"""{HEAD}input float theta;
qubit[4] q;
// two electrons in four spin orbitals, moved together to the other two: exp(-i theta/2 X3 X2 X1 Y0)
x q[0];
x q[1];
rx(pi / 2) q[0];
h q[1];
h q[2];
h q[3];
cx q[0], q[1];
cx q[1], q[2];
cx q[2], q[3];
rz(theta) q[3];
cx q[2], q[3];
cx q[1], q[2];
cx q[0], q[1];
h q[1];
h q[2];
h q[3];
rx(-pi / 2) q[0];
"""
BELL = f"""{HEAD}input float a;
input float b;
qubit[2] q;
h q[0];
cx q[0], q[1];
ry(-a) q[0];
ry(-b) q[1];
"""
CUT = {"Z0 Z1": -0.5, "Z1 Z2": -0.5, "Z2 Z3": -0.5, "Z0 Z3": -0.5, "I0": 2.0}

CIRCUITS = (
    Template(
        key="qaoa",
        title="QAOA on a ring",
        what="One layer of QAOA for MaxCut on four nodes, over its two angles.",
        system=document(
            KIND,
            control("gamma", "Cost angle", "rad", 0.0, 3.14),
            control("beta", "Mixer angle", "rad", 0.0, 1.57),
            qasm=QAOA,
            observables=[{"name": "cut", "label": "Expected cut", "pauli": CUT}],
        ),
        observables=("cut",),
    ),
    Template(
        key="ansatz",
        title="A VQE ansatz",
        what="Two electrons moved together over one angle, as in the ansatz for H2.",
        system=document(
            KIND,
            control("theta", "Angle", "rad", -3.14, 3.14),
            qasm=ANSATZ,
            observables=[
                {"name": "moved", "label": "Probability that they moved", "bitstring": "1100"},
                {"name": "coherence", "label": "Coherence XXXX", "pauli": {"XXXX": 1.0}},
            ],
        ),
        observables=("moved", "coherence"),
    ),
    Template(
        key="bell",
        title="A Bell pair",
        what="Correlation of a Bell pair over two angles: cos(a − b).",
        system=document(
            KIND,
            control("a", "Angle of qubit 0", "rad", -3.2, 3.2),
            control("b", "Angle of qubit 1", "rad", -3.2, 3.2),
            qasm=BELL,
            observables=[
                {"name": "correlation", "label": "Correlation of the pair", "pauli": {"ZZ": 1.0}},
                {"name": "both_down", "label": "Probability of both down", "bitstring": "11"},
            ],
        ),
        observables=("correlation", "both_down"),
    ),
)
