"""The processor of the loopback service, and what it says of its errors."""

from __future__ import annotations

from functools import cache
from typing import Any

PROCESSOR = "willow_pink"


@cache
def specification() -> Any:
    """Qubits, pairs and gates, packed as the service packs them."""
    from cirq_google.engine import util, virtual_engine_factory

    made = virtual_engine_factory.create_device_spec_from_processor_id(PROCESSOR)
    return util.pack_any(made)


@cache
def metrics() -> Any:
    """Google's own median calibration of such a processor."""
    from cirq_google.engine import load_median_device_calibration

    found = load_median_device_calibration(PROCESSOR)
    made = found.to_proto()
    made.timestamp_ms = found.timestamp
    return made


def processor(name: str, health: str) -> Any:
    """As it is listed."""
    from cirq_google.cloud import quantum

    return quantum.QuantumProcessor(
        name=name,
        health=quantum.QuantumProcessor.Health[health],
        device_spec=specification(),
        default_device_config_key={"run": "current", "config_alias": "all"},
    )


def calibration(processor_name: str) -> Any:
    """The only one that there has ever been."""
    from cirq_google.cloud import quantum
    from cirq_google.engine import util

    seconds = metrics().timestamp_ms // 1000
    return quantum.QuantumCalibration(
        name=f"{processor_name}/calibrations/{seconds}",
        timestamp={"seconds": seconds},
        data=util.pack_any(metrics()),
    )
