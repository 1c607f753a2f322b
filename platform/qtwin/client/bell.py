"""The cheapest job that tells something: one Bell circuit, measured in one basis."""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.schema import Experiment

SHOTS = 100
OBSERVABLE = "correlation"
IDEAL = 1.0
"""Of the correlation, without noise."""
SYSTEM: dict[str, Any] = {
    "kind": "parametric_circuit",
    "schema_version": 1,
    "qasm": (
        'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float theta;\nqubit[2] q;\n'
        "h q[0];\ncx q[0], q[1];\nry(theta) q[1];\n"
    ),
    "observables": [{"name": OBSERVABLE, "label": "Correlation", "pauli": {"ZZ": 1}}],
    "controls": [
        {"name": "theta", "label": "Angle of qubit 1", "unit": "rad", "lower": -3.2, "upper": 3.2}
    ],
}


def experiment() -> Experiment:
    """At theta = 0, without a device."""
    return Experiment(
        system=SYSTEM,
        method="circuit",
        controls=("theta",),
        points=np.zeros((1, 1)),
        observables=(OBSERVABLE,),
    )
