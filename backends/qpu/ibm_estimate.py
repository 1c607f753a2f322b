"""IBM's estimator: it measures the observables itself, mitigates, and amplifies noise.

For the knob ``noise_gain`` it is asked for the values at each noise factor, before extrapolation.

Shapes use ``R`` for rows of a share and ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from backends.methods.program import Program
from backends.qpu import ibm_circuits
from backends.qpu.ibm_settings import IbmSettings
from backends.qpu.ibm_share import Share, states
from backends.systems.pauli import PauliSum

if TYPE_CHECKING:
    from qiskit.transpiler import Target

LEAST = 1.0


def factors(cut: Sequence[Share]) -> list[float]:
    """Noise factors that all PUBs are run at; empty where noise is not amplified."""
    gains = sorted({share.gain for share in cut})
    if gains == [LEAST]:
        return []
    return gains if len(gains) > 1 else sorted({LEAST, *gains})


def pubs(program: Program, cut: Sequence[Share], target: Target, level: int) -> list[Any]:
    """One PUB for each share, with observables of shape ``(R, O)``."""
    made: list[Any] = []
    for share in cut:
        circuit = ibm_circuits.unmeasured(share.circuit, target, level)
        circuit.metadata = ibm_circuits.facts(circuit)
        own = states(program)[share.state]
        table = [[_placed(one, circuit) for one in own.operators[row]] for row in share.rows]
        if share.circuit.angles:
            made.append((circuit, table, ibm_circuits.bindings(circuit, share.angles[:, None, :])))
        else:  # rows that share no shots
            made.extend((circuit, [row]) for row in table)
    return made


def options(own: IbmSettings, cut: Sequence[Share]) -> dict[str, Any]:
    """Of the estimator, besides those that both primitives have."""
    found: dict[str, Any] = {"resilience_level": own.resilience_level}
    gains = factors(cut)
    if gains:
        found["resilience"] = {
            "zne_mitigation": True,
            "zne": {"noise_factors": gains, "extrapolator": "fallback"},
        }
    return found


def values(data: Any, share: Share, gains: Sequence[float]) -> tuple[Any, Any]:
    """Values and statistical errors of a PUB at its share's gain, shape ``(R, O)`` each."""
    if not gains:
        return np.asarray(data.evs), np.asarray(data.stds)
    place = list(gains).index(share.gain)
    found, errors = data.evs_noise_factors, data.stds_noise_factors
    return np.asarray(found)[..., place], np.asarray(errors)[..., place]


def _placed(one: PauliSum, circuit: Any) -> Any:
    """An observable on the qubits that the circuit was put on."""
    from qiskit.quantum_info import SparsePauliOp

    terms = [(word.label(one.qubits), value) for word, value in one.terms.items()]
    whole = SparsePauliOp.from_list(terms or [("I" * one.qubits, 0.0)])
    return whole.apply_layout(circuit.layout)
