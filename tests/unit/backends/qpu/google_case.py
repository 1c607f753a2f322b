"""What is asked of Google's Quantum Engine, and the client's own engine in memory."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np

from backends.base import Handle
from backends.remote import RemoteStatus, Report
from backends.schema import RunOptions
from tests.contract.cases import experiment_of

PROJECT = "our-project"
CANARY = "canary"
KEY = {
    "type": "service_account",
    "private_key_id": "0123456789abcdef",
    "private_key": f"-----BEGIN {CANARY}",
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
    found: Any = engine.SimulatedLocalEngine([made])
    found.context = SimpleNamespace(client=Results(found))
    return found


class Results:
    """Of the client's layer of single requests that part which has the results."""

    def __init__(self, made: Any) -> None:
        self._made = made

    def get_job_results(self, _: str, program_id: str, job_id: str) -> Any:
        """As the service would pack them."""
        from cirq_google.api import v2
        from cirq_google.cloud import quantum
        from cirq_google.engine import util

        program = self._made.get_program(program_id)
        job = program.get_job(job_id)
        batches = job.batched_results() if program.is_batch() else [job.results()]
        out = v2.result_pb2.Result()
        for circuit, results in zip(program.get_circuits(), batches, strict=True):
            v2.results_to_proto([results], v2.find_measurements(circuit), out=out)
        return quantum.QuantumResult(result=util.pack_any(out))


def waited(backend: Any, handle: Handle) -> Report:
    for _ in range(600):
        report: Report = backend.fetch(handle)
        if report.status not in {RemoteStatus.WAITING, RemoteStatus.RUNNING}:
            return report
        time.sleep(0.05)
    raise AssertionError("the job did not end")
