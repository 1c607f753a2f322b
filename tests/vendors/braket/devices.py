"""What the devices of the loopback vendor say of themselves, in the schemas of the SDK."""

from __future__ import annotations

from typing import Any

TASK_FEE = 300_000
"""Micro-USD of one task of a QPU."""
GATES = ["cz", "prx", "rz", "rx", "ry", "h", "x", "y", "z", "s", "si", "t", "ti", "cnot", "swap"]
FEW = [gate for gate in GATES if gate not in {"cz", "swap"}]


def _header(name: str, version: str = "1") -> dict[str, str]:
    return {"name": f"braket.device_schema.{name}", "version": version}


def _service(price: float, unit: str, shots: tuple[int, int]) -> dict[str, Any]:
    return {
        "braketSchemaHeader": _header("device_service_properties"),
        "executionWindows": [
            {
                "executionDay": "Everyday",
                "windowStartHour": "00:00:00",
                "windowEndHour": "23:59:59",
            }
        ],
        "shotsRange": list(shots),
        "deviceCost": {"price": price, "unit": unit},
        "deviceDocumentation": None,
        "deviceLocation": "loopback",
        "updatedAt": "2026-11-01T00:00:00",
        "getTaskPollIntervalMillis": 200,
    }


def _circuit(gates: list[str]) -> dict[str, Any]:
    return {
        "actionType": "braket.ir.openqasm.program",
        "version": ["1"],
        "supportedOperations": gates,
        "supportedPragmas": ["verbatim", "braket_result_type_expectation"],
        "supportedResultTypes": [],
    }


def gate_device(
    price: float, qubits: int, gates: list[str], *, shots: tuple[int, int] = (1, 20_000)
) -> dict[str, Any]:
    """A QPU that takes program sets."""
    return {
        "braketSchemaHeader": _header("iqm.iqm_device_capabilities"),
        "service": _service(price, "shot", shots),
        "action": {
            "braket.ir.openqasm.program": _circuit(gates),
            "braket.ir.openqasm.program_set": {
                "actionType": "braket.ir.openqasm.program_set",
                "version": ["1"],
                "maximumExecutables": 100,
                "maximumTotalShots": 200_000,
            },
        },
        "paradigm": {
            "braketSchemaHeader": _header("gate_model_qpu_paradigm_properties"),
            "qubitCount": qubits,
            "nativeGateSet": ["cz", "prx"],
        },
        "standardized": {
            "braketSchemaHeader": _header("standardized_gate_model_qpu_device_properties"),
            "oneQubitProperties": {str(q + 1): _qubit(q) for q in range(qubits)},
            "twoQubitProperties": {f"{q}-{q + 1}": _pair(q) for q in range(1, qubits)},
        },
    }


def _qubit(index: int) -> dict[str, Any]:
    def fidelity(kind: str, value: float) -> dict[str, Any]:
        return {"fidelityType": {"name": kind}, "fidelity": value, "standardError": None}

    return {
        "T1": {"value": 4e-5, "standardError": None, "unit": "S"},
        "T2": {"value": 12.5, "standardError": None, "unit": "us"},
        "oneQubitFidelity": [
            fidelity("RANDOMIZED_BENCHMARKING", 0.9991),
            fidelity("READOUT", 0.97 - 0.001 * index),
        ],
    }


def _pair(index: int) -> dict[str, Any]:
    kind = {"name": "INTERLEAVED_RANDOMIZED_BENCHMARKING"}
    gate = {"gateName": "CZ", "fidelity": 0.994 - 0.0001 * index, "fidelityType": kind}
    return {"twoQubitGateFidelity": [gate]}


def simulator(qubits: int) -> dict[str, Any]:
    return {
        "braketSchemaHeader": _header("simulators.gate_model_simulator_device_capabilities"),
        "service": _service(0.075, "minute", (0, 100_000)),
        "action": {"braket.ir.openqasm.program": _circuit([*GATES, "v", "vi", "zz", "i"])},
        "paradigm": {"qubitCount": qubits},
    }


def aquila() -> dict[str, Any]:
    """With the limits of Aquila, in SI units."""
    return {
        "braketSchemaHeader": _header("quera.quera_device_capabilities"),
        "service": _service(0.01, "shot", (1, 1000)),
        "action": {
            "braket.ir.ahs.program": {"actionType": "braket.ir.ahs.program", "version": ["1"]}
        },
        "deviceParameters": {},
        "paradigm": {
            "braketSchemaHeader": _header("quera.quera_ahs_paradigm_properties"),
            "qubitCount": 256,
            "lattice": {
                "area": {"width": 7.5e-05, "height": 7.6e-05},
                "geometry": {
                    "spacingRadialMin": 4e-06,
                    "spacingVerticalMin": 4e-06,
                    "positionResolution": 1e-07,
                    "numberSitesMax": 256,
                },
            },
            "rydberg": {
                "c6Coefficient": 5.42e-24,
                "rydbergGlobal": {
                    "rabiFrequencyRange": [0.0, 15800000.0],
                    "rabiFrequencyResolution": 400.0,
                    "rabiFrequencySlewRateMax": 250000000000000.0,
                    "detuningRange": [-125000000.0, 125000000.0],
                    "detuningResolution": 0.2,
                    "detuningSlewRateMax": 2500000000000000.0,
                    "phaseRange": [-99.0, 99.0],
                    "phaseResolution": 5e-07,
                    "timeResolution": 1e-09,
                    "timeDeltaMin": 5e-08,
                    "timeMin": 0.0,
                    "timeMax": 4e-06,
                },
            },
            "performance": {
                "lattice": {"positionErrorAbs": 2e-07},
                "rydberg": {"rydbergGlobal": {"rabiFrequencyErrorRel": 0.02}},
            },
        },
    }


def arn(region: str, name: str) -> str:
    kind = "qpu" if region else "quantum-simulator"
    return f"arn:aws:braket:{region}::device/{kind}/{name}"


def every() -> dict[str, dict[str, Any]]:
    """Capabilities of each device, by ARN; no two vendors share them."""
    return {
        arn("eu-north-1", "iqm/Garnet"): gate_device(0.00145, 20, GATES),
        arn("eu-north-1", "aqt/Ibex-Q1"): gate_device(0.0235, 12, FEW, shots=(1, 2000)),
        arn("us-east-1", "ionq/Forte-1"): gate_device(0.08, 36, [*FEW, "v", "vi", "zz"]),
        arn("us-west-1", "rigetti/Cepheus-1-108Q"): gate_device(0.000425, 108, GATES),
        arn("us-east-1", "quera/Aquila"): aquila(),
        arn("", "amazon/sv1"): simulator(34),
        arn("", "amazon/dm1"): simulator(17),
    }
