"""Tasks run on the SDK's own local simulators: the answer is a function of the request alone."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np

STEPS = 100
_ONE_AT_A_TIME = threading.Lock()


def ran(request: dict[str, Any], task: dict[str, Any]) -> bytes:
    """The vendor's ``results.json`` of a task."""
    action = request["action"]
    with _drawn_by(zlib.crc32(f"{request['clientToken']}{action}".encode())):
        result = _run(request, action)
    document = json.loads(result.json())
    metadata = document["taskMetadata"]
    metadata |= {"id": task["quantumTaskArn"], "deviceId": request["deviceArn"]}
    shots = document.get("measurements")
    if shots and isinstance(shots[0], list):  # bits of gates: texts here, numbers at the service
        document["measurements"] = [[int(bit) for bit in shot] for shot in shots]
    if request["deviceArn"].endswith(("sv1", "dm1")):
        document["additionalMetadata"]["simulatorMetadata"] = {"executionDuration": 5000}
    return json.dumps(document).encode()


@contextmanager
def _drawn_by(seed: int) -> Iterator[None]:
    """The simulators draw from NumPy's global generator, or from one that takes no seed."""
    unseeded, own = np.random.default_rng, np.random.default_rng(seed)

    def seeded(seed: Any = None) -> np.random.Generator:
        return own if seed is None else unseeded(seed)

    with _ONE_AT_A_TIME, mock.patch.object(np.random, "default_rng", seeded):
        before = np.random.get_state()  # noqa: NPY002 - theirs is the global one
        np.random.seed(seed)  # noqa: NPY002 - theirs is the global one
        try:
            yield
        finally:
            np.random.set_state(before)  # noqa: NPY002 - theirs is the global one


def _run(request: dict[str, Any], action: str) -> Any:
    from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator
    from braket.ir.openqasm import Program, ProgramSet

    name = json.loads(action)["braketSchemaHeader"]["name"]
    shots = request["shots"]
    if name == "braket.ir.ahs.program":
        return _analog(action, shots)
    dense = request["deviceArn"].endswith("dm1")
    simulator = DensityMatrixSimulator() if dense else StateVectorSimulator()
    if name == "braket.ir.openqasm.program_set":
        return simulator.run(ProgramSet.parse_raw(action), shots=shots)
    return simulator.run(Program.parse_raw(action), shots=shots)


def _analog(action: str, shots: int) -> Any:
    """The emulator's phase has the opposite sign of the device's, which is documented as ours."""
    from braket.analog_hamiltonian_simulator.rydberg.rydberg_simulator import RydbergAtomSimulator
    from braket.ir.ahs import Program

    document = json.loads(action)
    for field in document["hamiltonian"]["drivingFields"]:
        series = field["phase"]["time_series"]
        series["values"] = [str(-float(value)) for value in series["values"]]
    program = Program.parse_raw(json.dumps(document))
    return RydbergAtomSimulator().run(program, shots=shots, steps=STEPS)
