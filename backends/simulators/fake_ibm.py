"""Noisy circuits on the recorded noise of IBM devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from backends.base import Capabilities, Kind
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.methods.circuit import Circuit
from backends.methods.program import Program
from backends.schema import Cost, Experiment, KnobKind, KnobLimit, RunOptions
from backends.schema.experiment import FloatArray
from backends.simulators import device_memory, idle, rule
from backends.simulators.aer import AerBackend
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.simulators.compiled import Compiled
from backends.simulators.device import device, simulation
from backends.simulators.device_circuits import (
    TRANSPILER_SEED,
    compiled,
    folded,
    placed,
    used_qubits,
)
from backends.simulators.device_model import CALIBRATION, is_key, key_of, snapshot_of
from backends.simulators.devices import DEFAULT_DEVICE, DEVICES, qubits_of
from backends.simulators.execution import Batch
from backends.simulators.idle import Idle
from backends.simulators.idle_runs import sampled
from backends.simulators.schedule import scheduled
from backends.systems.pauli import PauliWord

NOISE_GAIN = "noise_gain"
MOST_QUBITS = 16
DENSITY_GATE_S, DENSITY_ENTRY_S, TRAJECTORY_S = 5e-5, 3e-9, 2.5e-6
METHODS = tuple(programs.METHODS)


class FakeIbmBackend(CircuitBackend):
    """Simulation with a recorded device's noise, sampled.

    A density matrix up to 10 used qubits, trajectories of state vectors above. The knob
    ``noise_gain`` multiplies the number of two-qubit gates by folding; readout noise stays as it
    is. A gain that folding cannot reach exactly is refused. The setting ``idle_noise`` adds noise
    to waiting qubits, see `backends.simulators.idle`. The setting ``calibration``, a document of
    `backends.schema.CalibrationSnapshot`, stands for the device that it describes.
    """

    name = "fake-ibm"
    title = "IBM device model"
    packages = ("qiskit", "qiskit-aer", "qiskit-ibm-runtime")
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=METHODS,
        max_qubits=MOST_QUBITS,
        max_shots=100_000,
        knobs=((NOISE_GAIN, 1.0, 9.0), *programs.knobs(*METHODS)),
        settings=(
            ("device", tuple(DEVICES)),
            (CALIBRATION, None),
            *idle.SETTINGS,
            *programs.settings(*METHODS),
        ),
    )
    has_idle_noise = True

    def limits(self, method: str, settings: Mapping[str, Any]) -> tuple[KnobLimit, ...]:
        """Noise is gone at gain 0; energies that are solved for follow no law along it."""
        own = super().limits(method, settings)
        if method in programs.SOLVED:
            return own
        return (KnobLimit(name=NOISE_GAIN, kind=KnobKind.DAMPING, limit=0.0, default=1.0), *own)

    def warm(self) -> None:
        """Import Qiskit, Aer, the recorded devices and PySCF."""
        import_module("qiskit_aer.noise")
        import_module("qiskit_ibm_runtime.fake_provider")
        AerBackend().warm()

    def prepare(self, settings: Mapping[str, Any]) -> None:
        """Load the device."""
        device(_device_name(settings))

    def wishes(self) -> list[Any]:
        """Circuits that were compiled."""
        return device_memory.wishes()

    def fulfil(self, wish: Any) -> Any:
        """Compile a circuit."""
        return device_memory.fulfil(wish)

    def learn(self, wish: Any, answer: Any) -> None:
        """Remember a compiled circuit and the noise of its qubits."""
        device_memory.learn(wish, answer)

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings(settings)
        idle.check(settings)
        if CALIBRATION in settings:
            if "device" in settings:
                raise ProgramRejected(
                    f"device and {CALIBRATION}; allowed: one of them",
                    field=f"/settings/{CALIBRATION}",
                )
            key_of(settings)

    def check_size(self, qubits: int, experiment: Experiment, options: RunOptions) -> None:
        name = _device_name(experiment.settings)
        most = min(MOST_QUBITS, qubits_of(name))
        if qubits > most:
            raise ProgramRejected(
                f"{qubits} qubits on {_shown(name)}; allowed: at most {most}", field="/system"
            )

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        system = programs.validate(experiment, options)
        qubits, shots = getattr(system, "qubits", 4), options.shots or 0
        # A gate of ours becomes about eight of the device, measured in two groups.
        gates = 8 * programs.gates(experiment, system) * _gains(experiment)
        waiting = Idle.of(experiment.settings)
        gates *= 2 if waiting.any else 1
        if simulation(qubits) == rule.DENSITY:
            runs = min(idle.NODES, shots) if waiting.detuning_khz else 1
            per_gate = runs * (DENSITY_GATE_S + DENSITY_ENTRY_S * 4.0**qubits)
            entries = 4**qubits
        else:
            entries = 2**qubits
            per_gate = shots * TRAJECTORY_S * max(1.0, entries / 4096)
        seconds = 0.2 + float((0.005 + shots * 1e-6 + gates * per_gate).sum())
        return Cost(seconds=seconds, memory_bytes=400_000_000 + 64 * entries)

    def counts(self, run: Run) -> list[list[dict[str, int]]]:
        """Points of equal gain share their circuits."""
        if run.places is not None:
            return self.counts_of([run])[0]
        name, gains = _device_name(run.settings), run.knobs.get(NOISE_GAIN)
        gains = np.ones(len(run.angles)) if gains is None else gains
        prepared = compiled(name, run.circuit, run.bases)
        used = used_qubits((one.circuit, one.places) for one in prepared)
        batches, rows_of = [], []
        for gain in np.unique(gains):
            rows = np.flatnonzero(gains == gain)
            for one in prepared:
                circuit = _folded(one, used, float(gain), int(run.part.rows[rows[0]]))
                batches.append(Batch(circuit, one.angles(run.angles[rows])))
                rows_of.append(rows)
        seen = sampled(
            batches,
            name=name,
            used=used,
            idle=Idle.of(run.settings),
            sequence=run.decoupling,
            shots=run.shots,
            seed=run.seed,
        )
        counts: list[list[dict[str, int]]] = [[] for _ in gains]
        for rows, batch_counts in zip(rows_of, seen, strict=True):
            for row, row_counts in zip(rows, batch_counts, strict=True):
                counts[row].append(row_counts)
        return counts

    def counts_of(self, runs: Sequence[Run]) -> list[list[list[dict[str, int]]]]:
        """Runs of one kind go to the simulator together: it prepares its noise at each call."""
        counts: list[list[list[dict[str, int]]]] = [[] for _ in runs]
        kinds = [(run.shots, run.decoupling) for run in runs]
        for kind in dict.fromkeys(kinds):
            chosen = [index for index, own in enumerate(kinds) if own == kind]
            for index, seen in zip(chosen, _counts([runs[i] for i in chosen]), strict=True):
                counts[index] = [[row] for row in seen]
        return counts

    def compiled(
        self, circuit: Circuit, bases: tuple[PauliWord, ...], settings: Mapping[str, Any]
    ) -> Sequence[Compiled]:
        """In the device's gates and on its qubits."""
        return compiled(_device_name(settings), circuit, bases)

    def pulses(self, run: Run) -> int:
        used = used_qubits([(run.circuit, run.places or ())])
        made = scheduled(
            placed(run.circuit, run.places or (), used),
            name=_device_name(run.settings),
            used=used,
            idle=Idle(),
            sequence=run.decoupling,
            first=run.circuit.angles,
        )
        return made.pulses

    def facts(self, program: Program, experiment: Experiment) -> dict[str, Any]:
        name = _device_name(experiment.settings)
        model = device(name)
        return {
            "calibration_id": model.calibration_id,
            "calibrated_at": model.calibrated_at,
            "calibration": model.calibration,
            "details": _details(program, name, Idle.of(experiment.settings)),
        }


def _counts(runs: Sequence[Run]) -> list[list[dict[str, int]]]:
    """Counts of each row of compiled runs with equal shots and settings."""
    first = runs[0]
    assert all(run.places is not None for run in runs)
    used = used_qubits((run.circuit, run.places or ()) for run in runs)
    batches = [Batch(placed(run.circuit, run.places or (), used), run.angles) for run in runs]
    seed = int(np.random.SeedSequence([run.seed for run in runs]).generate_state(1)[0])
    return sampled(
        batches,
        name=_device_name(first.settings),
        used=used,
        idle=Idle.of(first.settings),
        sequence=first.decoupling,
        shots=first.shots,
        seed=seed,
    )


def _device_name(settings: Mapping[str, Any]) -> str:
    """Of a recorded device; the text of a calibration where the settings have one."""
    if CALIBRATION in settings:
        return key_of(settings)
    return str(settings.get("device", DEFAULT_DEVICE))


def _shown(name: str) -> str:
    return snapshot_of(name).device if is_key(name) else name


def _gains(experiment: Experiment) -> FloatArray:
    """Noise gain of each point, shape ``(P,)``."""
    if NOISE_GAIN not in experiment.knobs:
        return np.ones(len(experiment.points))
    return experiment.knob_values[:, experiment.knobs.index(NOISE_GAIN)]


def _folded(one: Compiled, used: tuple[int, ...], gain: float, row: int) -> Any:
    try:
        return folded(one.circuit, one.places, used, gain)
    except ProgramRejected as rejected:
        raise ProgramRejected(str(rejected), field=f"{rejected.field}/{row}") from None


def _details(program: Program, name: str, waiting: Idle) -> dict[str, Any]:
    bases = tuple(group.basis for group in program.groups)
    prepared = [one for part in program.parts for one in compiled(name, part.circuit, bases)]
    used = used_qubits((one.circuit, one.places) for one in prepared)
    return {
        "device": _shown(name),
        "simulation": simulation(len(used)),
        "transpiled_depth": [one.circuit.depth for one in prepared],
        "two_qubit_gates": [one.circuit.two_qubit_gates for one in prepared],
        "qubits_used": list(prepared[0].places) if prepared else [],
        "transpiler_seed": TRANSPILER_SEED,
        "noise_gain": "exact ratio of two-qubit gates; every gate is folded, readout is not",
        "noise_model": f"gate, relaxation and readout errors; {waiting.text}, no crosstalk",
    }
