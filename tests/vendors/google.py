"""A loopback service that speaks the protocol of Google's Quantum Engine to its own client."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Self

PROCESSOR = "willow_pink"
SERVICE = "google.cloud.quantum.v1alpha1.QuantumEngineService"


class GoogleVendor:
    """Keeps programs and jobs by their names, and runs a job on Cirq when its result is read.

    Attributes:
        calls: How often each method was called.
        failing: Status with which a method answers, by its name.
        after: Whether it fails only once it has done what was asked.
        ready: Whether jobs have run; they wait otherwise.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.failing: dict[str, Any] = {}
        self.after = False
        self.ready = True
        self.programs: dict[str, Any] = {}
        self.jobs: dict[str, Any] = {}

    def __enter__(self) -> Self:
        import grpc
        from cirq_google.cloud import quantum

        answered = {
            "CreateQuantumProgram": (quantum.CreateQuantumProgramRequest, quantum.QuantumProgram),
            "CreateQuantumJob": (quantum.CreateQuantumJobRequest, quantum.QuantumJob),
            "GetQuantumJob": (quantum.GetQuantumJobRequest, quantum.QuantumJob),
            "CancelQuantumJob": (quantum.CancelQuantumJobRequest, None),
            "GetQuantumResult": (quantum.GetQuantumResultRequest, quantum.QuantumResult),
            "GetQuantumCalibration": (quantum.GetQuantumCalibrationRequest, None),
            "GetQuantumProcessor": (quantum.GetQuantumProcessorRequest, quantum.QuantumProcessor),
            "ListQuantumProcessors": (
                quantum.ListQuantumProcessorsRequest,
                quantum.ListQuantumProcessorsResponse,
            ),
        }
        methods = {
            name: grpc.unary_unary_rpc_method_handler(
                self._handler(name),
                request_deserializer=request.deserialize,
                response_serializer=answer.serialize if answer else lambda _: b"",
            )
            for name, (request, answer) in answered.items()
        }
        self._server = grpc.server(ThreadPoolExecutor(2))
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(SERVICE, methods),)
        )
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(None).wait()

    def service_args(self, _: Any) -> dict[str, Any]:
        """A connection to here, for the client."""
        from cirq_google.cloud.quantum_v1alpha1.services.quantum_engine_service.transports import (
            QuantumEngineServiceGrpcAsyncIOTransport,
        )
        from grpc import aio

        def connect(**_: Any) -> Any:
            channel = aio.insecure_channel(f"127.0.0.1:{self.port}")
            return QuantumEngineServiceGrpcAsyncIOTransport(channel=channel)

        return {"transport": connect}

    def _handler(self, name: str) -> Any:
        def answer(request: Any, context: Any) -> Any:
            self.calls[name] += 1
            failing = self.failing.get(name)
            if failing and not self.after:
                context.abort(failing, "switched on")
            made = getattr(self, f"_{name}")(request, context)
            if failing:
                context.abort(failing, "switched on")
            return made

        return answer

    def _CreateQuantumProgram(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._new(self.programs, request.quantum_program, context)

    def _CreateQuantumJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        job = request.quantum_job
        job.create_time = job.update_time = datetime.now(UTC)
        return self._new(self.jobs, job, context)

    def _GetQuantumJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        job = self._there(self.jobs, request.name, context)
        states = type(job.execution_status.state)
        if job.execution_status.state == 0:
            job.execution_status.state = states.SUCCESS if self.ready else states.READY
        return job

    def _CancelQuantumJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        job = self._there(self.jobs, request.name, context)
        job.execution_status.state = type(job.execution_status.state).CANCELLED

    def _GetQuantumResult(self, request: Any, context: Any) -> Any:  # noqa: N802
        from cirq_google.cloud import quantum

        job = self._there(self.jobs, request.parent, context)
        program = self.programs[request.parent.partition("/jobs/")[0]]
        return quantum.QuantumResult(parent=request.parent, result=_ran(program, job))

    def _GetQuantumCalibration(self, _: Any, context: Any) -> Any:  # noqa: N802
        self._missing(context)

    def _GetQuantumProcessor(self, request: Any, context: Any) -> Any:  # noqa: N802
        if not request.name.endswith(f"/processors/{PROCESSOR}"):
            self._missing(context)
        return _processor(request.name)

    def _ListQuantumProcessors(self, request: Any, _: Any) -> Any:  # noqa: N802
        from cirq_google.cloud import quantum

        name = f"{request.parent}/processors/{PROCESSOR}"
        return quantum.ListQuantumProcessorsResponse(processors=[_processor(name)])

    def _new(self, known: dict[str, Any], one: Any, context: Any) -> Any:
        import grpc

        if one.name in known:
            context.abort(grpc.StatusCode.ALREADY_EXISTS, one.name)
        known[one.name] = one
        return one

    def _there(self, known: dict[str, Any], name: str, context: Any) -> Any:
        if name not in known:
            self._missing(context)
        return known[name]

    def _missing(self, context: Any) -> None:
        import grpc

        context.abort(grpc.StatusCode.NOT_FOUND, "no such thing")


def _processor(name: str) -> Any:
    from cirq_google.cloud import quantum
    from cirq_google.engine import util, virtual_engine_factory

    specification = virtual_engine_factory.create_device_spec_from_processor_id(PROCESSOR)
    return quantum.QuantumProcessor(
        name=name,
        health=quantum.QuantumProcessor.Health.OK,
        device_spec=util.pack_any(specification),
        default_device_config_key={"run": "current", "config_alias": "all"},
    )


def _ran(program: Any, job: Any) -> Any:
    """What the client would read of a run without noise."""
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
    return util.pack_any(out)
