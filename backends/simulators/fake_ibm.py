"""Noisy circuits on the recorded noise of IBM devices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.errors import ProgramRejected
from backends.methods import vqe
from backends.methods.vqe import Program
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.schema.experiment import FloatArray
from backends.simulators import measured_energy
from backends.simulators.aer import AerBackend
from backends.simulators.device import DEVICES, TRANSPILER_SEED, circuits, device, folded
from backends.simulators.execution import Batch, sample
from backends.simulators.folding import two_qubit_gates

NOISE_GAIN = "noise_gain"


class FakeIbmBackend(Backend):
    """Density-matrix simulation with a recorded device's noise, sampled.

    The knob ``noise_gain`` multiplies the number of two-qubit gates by folding; readout noise stays
    as it is. A gain that folding cannot reach exactly is refused.
    """

    name = "fake-ibm"
    title = "IBM device model"
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=("vqe",),
        max_qubits=5,
        max_shots=100_000,
        knobs=((NOISE_GAIN, 1.0, 9.0),),
        settings=(("device", DEVICES),),
    )

    def warm(self) -> None:
        """Import Qiskit, Aer, the recorded devices and PySCF."""
        import_module("qiskit_aer.noise")
        import_module("qiskit_ibm_runtime.fake_provider")
        AerBackend().warm()

    def prepare(self, settings: Mapping[str, Any]) -> None:
        """Build the device's noise model."""
        device(_device_name(settings))

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading an SDK.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        vqe.validate(experiment, options)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        per_point = 0.03 + 0.002 * _gains(experiment) + (options.shots or 0) * 1e-6
        return Cost(seconds=0.2 + float(per_point.sum()), memory_bytes=400_000_000)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        options = measured_energy.with_seed(options)
        name = _device_name(experiment.settings)
        program = vqe.prepare(vqe.validate(experiment, options), experiment.points)
        counts = _counts(program, name, _gains(experiment), options)
        provenance = self._provenance(program, name, started)
        return measured_energy.from_counts(
            program, experiment, counts, options=options, provenance=provenance
        )

    def _provenance(self, program: Program, name: str, started: datetime) -> Provenance:
        model = device(name)
        return Provenance(
            backend=self.name,
            versions=measured_energy.versions("qiskit", "qiskit-aer", "qiskit-ibm-runtime"),
            started_at=started,
            finished_at=datetime.now(UTC),
            calibration_id=model.calibration_id,
            calibrated_at=model.calibrated_at,
            details=program.details() | _details(program, name),
        )


def _device_name(settings: Mapping[str, Any]) -> str:
    return str(settings.get("device", DEVICES[0]))


def _gains(experiment: Experiment) -> FloatArray:
    """Noise gain of each point, shape ``(P,)``."""
    if NOISE_GAIN not in experiment.knobs:
        return np.ones(len(experiment.points))
    return experiment.knob_values[:, experiment.knobs.index(NOISE_GAIN)]


def _bases(program: Program) -> Any:
    return tuple(group.basis for group in program.groups)


def _counts(
    program: Program, name: str, gains: FloatArray, options: RunOptions
) -> list[list[dict[str, int]]]:
    """Counts of each point and group; points of equal gain share their circuits."""
    batches, rows_of = [], []
    for gain in np.unique(gains):
        rows = np.flatnonzero(gains == gain)
        for circuit in _folded(program, name, float(gain), int(rows[0])):
            batches.append(Batch(circuit, program.parameters[rows]))
            rows_of.append(rows)
    seen = sample(device(name).simulator, batches, shots=options.shots or 0, seed=options.seed or 0)
    counts: list[list[dict[str, int]]] = [[] for _ in gains]
    for rows, batch_counts in zip(rows_of, seen, strict=True):
        for row, row_counts in zip(rows, batch_counts, strict=True):
            counts[row].append(row_counts)
    return counts


def _folded(program: Program, name: str, gain: float, row: int) -> Any:
    try:
        return folded(name, program.ansatz, _bases(program), gain)
    except ProgramRejected as rejected:
        raise ProgramRejected(str(rejected), field=f"{rejected.field}/{row}") from None


def _details(program: Program, name: str) -> dict[str, Any]:
    prepared = circuits(name, program.ansatz, _bases(program))
    return {
        "device": name,
        "transpiled_depth": [circuit.depth() for circuit in prepared],
        "two_qubit_gates": [two_qubit_gates(circuit) for circuit in prepared],
        "qubits_used": prepared[0].layout.final_index_layout(),
        "transpiler_seed": TRANSPILER_SEED,
        "noise_gain": "exact ratio of two-qubit gates; every gate is folded, readout is not",
        "noise_model": "gate, relaxation and readout errors; no idle noise, no crosstalk",
    }
