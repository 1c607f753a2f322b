"""What is asked of Google's Quantum Engine, and the client's own engine in memory."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np

from backends.base import Handle
from backends.remote import RemoteStatus, Report
from backends.schema import RunOptions
from tests.contract.cases import experiment_of

PROJECT = "our-project"
KEY = {
    "type": "service_account",
    "private_key_id": "0123456789abcdef",
    "private_key": "-----BEGIN",
    "client_email": "twin@our-project.iam.gserviceaccount.com",
    "client_id": "1",
    "token_uri": "https://oauth2.googleapis.com/token",
}
SECRET = json.dumps({"project_id": PROJECT, "service_account": KEY})
DEVICE = "willow_pink"
OPTIONS = RunOptions(shots=4000)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ASKED = experiment_of(
    "trotter",
    settings={"device": DEVICE},
    knobs=("trotter_steps",),
    knob_values=np.full((4, 1), 2.0),
)


def in_memory(*, runs: bool = True) -> Any:
    """The client's engine with one processor without noise.

    Args:
        runs: Whether a job runs at once, or waits for ever.
    """
    from cirq_google import engine
    from cirq_google.engine import engine_validator, virtual_engine_factory
    from cirq_google.engine.local_simulation_type import LocalSimulationType
    from cirq_google.engine.simulated_local_processor import SimulatedLocalProcessor

    kind = LocalSimulationType.ASYNCHRONOUS if runs else LocalSimulationType.SYNCHRONOUS
    calibration = engine.load_median_device_calibration(DEVICE)
    made = SimulatedLocalProcessor(
        processor_id=DEVICE,
        device=engine.create_device_from_processor_id(DEVICE),
        device_specification=virtual_engine_factory.create_device_spec_from_processor_id(DEVICE),
        validator=engine_validator.create_engine_validator(),
        program_validator=engine_validator.create_program_validator(),
        calibrations={calibration.timestamp // 1000: calibration},
        simulation_type=kind,
    )
    return engine.SimulatedLocalEngine([made])


def waited(backend: Any, handle: Handle) -> Report:
    for _ in range(600):
        report: Report = backend.fetch(handle)
        if report.status not in {RemoteStatus.WAITING, RemoteStatus.RUNNING}:
            return report
        time.sleep(0.05)
    raise AssertionError("the job did not end")
