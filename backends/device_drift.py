"""How far a device has moved between two of its calibrations, for the circuits that it ran.

A Pauli word is damped by ``exp(-Γ)``: each two-qubit gate of average infidelity ε takes part with
``-ln(1 - 4ε/3)``, the loss of a depolarizing channel of two qubits (Magesan, Gambetta & Emerson,
Phys. Rev. A 85, 042311, 2012), and each qubit that is read with ``-ln(1 - p(1|0) - p(0|1))``
(Bravyi et al., Phys. Rev. A 103, 042605, 2021). What is returned is ``1 - exp(-|ΔΓ|)`` for the word
that all gates and all readouts damp, with nothing allowed to cancel: any other word drifts less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Self

from backends.schema import CalibrationSnapshot, QubitCalibration

Pair = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What ran on a device.

    Attributes:
        places: Qubits of the device; empty where the vendor chose them and does not say.
        qubits: How many were read.
        two_qubit_gates: Of the circuit with the most, at noise gain 1.
        gain: Noise gain, by which gates were repeated.
    """

    places: tuple[int, ...]
    qubits: int
    two_qubit_gates: int
    gain: float = 1.0

    @classmethod
    def of(cls, details: Mapping[str, Any], gain: float) -> Self:
        """From `Provenance.details`; what is not there counts as nothing."""
        places = tuple(int(one) for one in details.get("qubits_used") or ())
        said = details.get("compiled_two_qubit_gates") or details.get("two_qubit_gates") or ()
        return cls(
            places=places,
            qubits=len(places) or int(details.get("qubits") or 0),
            two_qubit_gates=max((int(one) for one in said if one is not None), default=0),
            gain=gain,
        )


def drift(then: CalibrationSnapshot, now: CalibrationSnapshot, ran: Ran) -> float:
    """Relative change of a damped value, from 0 to below 1; 0 for equal calibrations.

    Qubits and pairs that only one of the calibrations knows, or that do not work, do not count.
    """
    gates = _moved(_pairs(then, ran.places), _pairs(now, ran.places))
    reads = _moved(_reads(then, ran.places), _reads(now, ran.places))
    change = ran.gain * ran.two_qubit_gates * (fmean(gates) if gates else 0.0)
    change += ran.qubits * (fmean(reads) if reads else 0.0)
    return -math.expm1(-change)


def _moved(then: Mapping[Pair, float], now: Mapping[Pair, float]) -> list[float]:
    return [abs(now[key] - then[key]) for key in sorted(then.keys() & now.keys())]


def _pairs(said: CalibrationSnapshot, places: tuple[int, ...]) -> dict[Pair, float]:
    """Loss of each pair's best gate; of all pairs where none is among the places."""
    best: dict[Pair, float] = {}
    for gate in said.gates:
        if len(gate.qubits) != 1 and gate.error < 0.75:
            pair = tuple(sorted(gate.qubits))
            best[pair] = min(best.get(pair, 1.0), gate.error)
    inside = {pair: error for pair, error in best.items() if set(pair) <= set(places)}
    return {pair: -math.log1p(-4.0 * error / 3.0) for pair, error in (inside or best).items()}


def _reads(said: CalibrationSnapshot, places: tuple[int, ...]) -> dict[Pair, float]:
    """Loss of each qubit at readout; of all qubits where no place is known."""
    chosen = places or tuple(said.qubits)
    found = {place: _misread(said.qubits[place]) for place in chosen if place in said.qubits}
    return {(place,): -math.log1p(-lost) for place, lost in found.items() if 0.0 <= lost < 1.0}


def _misread(qubit: QubitCalibration) -> float:
    """Negative where it is not known."""
    if qubit.reads_1_of_0 is None or qubit.reads_0_of_1 is None:
        return -1.0
    return qubit.reads_1_of_0 + qubit.reads_0_of_1
