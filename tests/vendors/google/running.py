"""Runs a job of the loopback service on Cirq, without noise."""

from __future__ import annotations

from typing import Any


def ran(program: Any, job: Any) -> Any:
    """The service's message of a result."""
    import cirq
    from cirq_google import CIRCUIT_SERIALIZER
    from cirq_google.api import v2
    from cirq_google.engine import util

    written = util.unpack_any(program.code, v2.program_pb2.Program())
    context = util.unpack_any(job.run_context, v2.run_context_pb2.RunContext())
    if written.keyed_circuits:
        circuits = [one[-1] for one in CIRCUIT_SERIALIZER.deserialize_multi_program(written)]
    else:
        circuits = [CIRCUIT_SERIALIZER.deserialize(written)]
    out = v2.result_pb2.Result()
    for circuit, sweep in zip(circuits, context.parameter_sweeps, strict=True):
        seen = cirq.Simulator(seed=1).run_sweep(
            circuit, v2.sweep_from_proto(sweep.sweep), sweep.repetitions
        )
        v2.results_to_proto([seen], v2.find_measurements(circuit), out=out)
    return out
