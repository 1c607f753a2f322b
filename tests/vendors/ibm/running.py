"""Runs what was received, on Aer: without noise, or with that of a recorded device."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np


def run(params: dict[str, Any], *, noisy: bool) -> bytes:
    """A job's result as IBM's servers give it."""
    from ibm_quantum_schemas.executor import version_2_0
    from qiskit_aer import AerSimulator
    from qiskit_ibm_runtime.fake_provider import FakeManilaV2
    from qiskit_ibm_runtime.fake_provider.executor.run_quantum_program import run_quantum_program
    from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
    from qiskit_ibm_runtime.quantum_program.converters.converters_2_0 import (
        quantum_program_from_2_0,
    )

    model = version_2_0.ParamsModel.model_validate(params)
    program, _ = quantum_program_from_2_0(model)
    for item in program.items:
        if hasattr(item, "samplex"):
            item.samplex.finalize()
    device: Any = FakeManilaV2() if noisy else AerSimulator(max_parallel_threads=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = run_quantum_program(device, program, SimulatorOptions())
    return _answer(version_2_0, found, model)


def _answer(version: Any, found: Any, model: Any) -> bytes:
    from ibm_quantum_schemas.common import CompressedTensorModel

    def packed(array: Any) -> Any:
        return CompressedTensorModel.from_numpy(np.asarray(array)).model_dump(mode="json")

    data = [
        {"results": {name: packed(array) for name, array in item.items()}, "metadata": {}}
        for item in found
    ]
    document = version.QuantumProgramResultModel.model_validate(
        {
            "data": data,
            "metadata": {"chunk_timing": []},
            "passthrough_data": model.quantum_program.passthrough_data,
            "semantic_role": model.quantum_program.semantic_role,
        }
    )
    return bytes(document.model_dump_json().encode())


def changed(result: bytes, *, shots: int = 0, bits: int = 0) -> bytes:
    """A result with so many shots, or bits, fewer in every circuit."""
    from ibm_quantum_schemas.common import CompressedTensorModel

    document = json.loads(result)
    for item in document["data"]:
        for name, packed in item["results"].items():
            array = CompressedTensorModel.model_validate(packed).to_numpy()
            array = array[..., : array.shape[-2] - shots, : array.shape[-1] - bits]
            item["results"][name] = CompressedTensorModel.from_numpy(array).model_dump(mode="json")
    return json.dumps(document).encode()
