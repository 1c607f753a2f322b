"""Google's virtual processors: recorded noise of a device, and circuits compiled for it.

The noise model is Cirq's own, from the device's median calibration: errors of gates, thermal
relaxation of every qubit during every moment, and readout errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import cirq

DEVICES = {"willow_pink": "cz", "rainbow": "sqrt_iswap", "weber": "sqrt_iswap"}
DEFAULT_DEVICE = "willow_pink"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Processor:
    """A virtual processor.

    Attributes:
        device: Its qubits, their pairs and its gates.
        mapper: Chooses the qubits that a circuit starts on; its search for the middle of the
            device takes as long as a compilation.
        noise: Its noise model.
        calibrated_at: Aware time of the calibration.
    """

    name: str
    device: Any
    mapper: Any
    noise: Any
    calibrated_at: datetime

    @property
    def calibration_id(self) -> str:
        return f"{self.name}-{self.calibrated_at:%Y%m%dT%H%M%S}"


@cache
def processor(name: str) -> Processor:
    """Load one of `DEVICES`."""
    import cirq
    import cirq_google
    from cirq_google import engine

    calibration = engine.load_median_device_calibration(name)
    device = engine.create_device_from_processor_id(name)
    return Processor(
        name=name,
        device=device,
        mapper=cirq.LineInitialMapper(device.metadata.nx_graph),
        noise=cirq_google.NoiseModelFromGoogleNoiseProperties(
            engine.load_device_noise_properties(name)
        ),
        calibrated_at=datetime.fromtimestamp(calibration.timestamp / 1000, UTC),
    )


def compiled(name: str, circuit: cirq.Circuit) -> cirq.Circuit:
    """A measured circuit without symbols on qubits and in gates of the device; the same each time.

    Raises:
        ValueError: The device cannot run what came out.
    """
    import cirq

    model = processor(name)
    gates: Any = cirq.CZTargetGateset() if DEVICES[name] == "cz" else cirq.SqrtIswapTargetGateset()
    router = cirq.RouteCQC(model.device.metadata.nx_graph)
    routed = router(circuit, initial_mapper=model.mapper)
    fitted = cirq.optimize_for_target_gateset(routed, gateset=gates)
    ready: cirq.Circuit = cirq.drop_empty_moments(fitted)
    model.device.validate_circuit(ready)
    return ready


def noisy(name: str, circuit: cirq.Circuit) -> cirq.Circuit:
    """A compiled circuit with the noise of the device."""
    made: cirq.Circuit = circuit.with_noise(processor(name).noise)
    return made
