"""A loopback service that speaks the protocol of Google's Quantum Engine to its own client."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Self

from tests.vendors.google import devices
from tests.vendors.google.devices import PROCESSOR
from tests.vendors.google.line import Line
from tests.vendors.google.running import ran

SERVICE = "google.cloud.quantum.v1alpha1.QuantumEngineService"
POST = "CreateQuantumJob"
LABEL = "qtwin"


class GoogleVendor:
    """Keeps programs and jobs by their names, and runs a job on Cirq when its result is read.

    Attributes:
        calls: How often each method was called.
        posts: Token of each request for a job, with the job that it made or found.
        failing: Status with which a method answers, by its name.
        dropping: Whether the connection breaks instead.
        after: Whether it fails, or breaks, only once it has done what was asked.
        ready: Whether jobs have run; they wait otherwise.
        ending: State in which they end, by its name or number.
        health: Of the processor.
        once_only: Whether a result is gone once it was read.
        forgets: Whether nothing is known of any job.
        changed: What becomes of a result's bytes.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.posts: list[tuple[str, str | None]] = []
        self.failing: dict[str, Any] = {}
        self.dropping = self.after = False
        self.ready = True
        self.ending: str | int = "SUCCESS"
        self.health = "OK"
        self.once_only = self.forgets = False
        self.changed: Callable[[bytes], bytes] = lambda data: data
        self.programs: dict[str, Any] = {}
        self.jobs: dict[str, Any] = {}
        self._read: set[str] = set()

    def __enter__(self) -> Self:
        import grpc

        methods = {
            name: grpc.unary_unary_rpc_method_handler(
                self._handler(name),
                request_deserializer=request.deserialize,
                response_serializer=answer.serialize if answer else lambda _: b"",
            )
            for name, (request, answer) in methods_of_the_service().items()
        }
        self._server = grpc.server(ThreadPoolExecutor(2))
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(SERVICE, methods),)
        )
        inner = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.line = Line(inner)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Listen no more."""
        self.line.close()
        self._server.stop(None).wait()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.line.port}"

    def _handler(self, name: str) -> Any:
        def answer(request: Any, context: Any) -> Any:
            self.calls[name] += 1
            if name == POST:
                self.posts.append((request.quantum_job.labels[LABEL], None))
            if not self.after:
                self._fail(name, context)
            made = getattr(self, f"_{name}")(request, context)
            if self.after:
                self._fail(name, context)
            return made

        return answer

    def _fail(self, name: str, context: Any) -> None:
        status = self.failing.get(name)
        if status is None:
            return
        if self.dropping:
            self.line.cut()
        context.abort(status, "switched on")

    def _CreateQuantumProgram(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._new(self.programs, request.quantum_program, context)

    def _CreateQuantumJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        job = request.quantum_job
        self.posts[-1] = (self.posts[-1][0], job.name)
        job.create_time = job.update_time = datetime.now(UTC)
        return self._new(self.jobs, job, context)

    def _GetQuantumJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        from cirq_google.cloud import quantum

        job = self._there(self.jobs, request.name, context)
        states, status = quantum.ExecutionStatus.State, job.execution_status
        if status.state in {0, states.READY}:
            status.state = states.READY if not self.ready else states.SUCCESS
            status.processor_name = job.scheduling_config.processor_selector.processor
            status.calibration_name = devices.calibration(status.processor_name).name
        if status.state != states.SUCCESS or self.ending == "SUCCESS":
            return job
        return self._ended(quantum.QuantumJob.deserialize(quantum.QuantumJob.serialize(job)))

    def _ended(self, job: Any) -> Any:
        from cirq_google.cloud import quantum

        states = quantum.ExecutionStatus.State
        known = isinstance(self.ending, str)
        job.execution_status.state = states[str(self.ending)] if known else self.ending
        if self.ending == "FAILURE":
            job.execution_status.failure = {"error_code": 1, "error_message": "switched on"}
        return job

    def _CancelQuantumJob(self, request: Any, context: Any) -> Any:  # noqa: N802
        job = self._there(self.jobs, request.name, context)
        job.execution_status.state = type(job.execution_status.state).CANCELLED

    def _GetQuantumResult(self, request: Any, context: Any) -> Any:  # noqa: N802
        from cirq_google.cloud import quantum
        from cirq_google.engine import util

        job = self._there(self.jobs, request.parent, context)
        if self.once_only and request.parent in self._read:
            missing(context)
        self._read.add(request.parent)
        program = self.programs[request.parent.partition("/jobs/")[0]]
        made = util.pack_any(ran(program, job))
        made.value = self.changed(made.value)
        return quantum.QuantumResult(parent=request.parent, result=made)

    def _GetQuantumCalibration(self, request: Any, context: Any) -> Any:  # noqa: N802
        processor, _, wanted = request.name.partition("/calibrations/")
        found = devices.calibration(processor)
        if not processor.endswith(f"/{PROCESSOR}"):
            missing(context)
        if wanted not in {"current", found.name.rpartition("/")[2]}:
            missing(context)
        return found

    def _ListQuantumCalibrations(self, request: Any, context: Any) -> Any:  # noqa: N802
        from cirq_google.cloud import quantum

        found = devices.calibration(request.parent)
        seconds = int(found.name.rpartition("/")[2])
        bounds = dict(re.findall(r"timestamp ([<>])= (\d+)", request.filter))
        inside = int(bounds.get(">", 0)) <= seconds <= int(bounds.get("<", seconds))
        return quantum.ListQuantumCalibrationsResponse(calibrations=[found] if inside else [])

    def _GetQuantumProcessor(self, request: Any, context: Any) -> Any:  # noqa: N802
        if not request.name.endswith(f"/processors/{PROCESSOR}"):
            missing(context)
        return devices.processor(request.name, self.health)

    def _ListQuantumProcessors(self, request: Any, _: Any) -> Any:  # noqa: N802
        from cirq_google.cloud import quantum

        name = f"{request.parent}/processors/{PROCESSOR}"
        found = devices.processor(name, self.health)
        return quantum.ListQuantumProcessorsResponse(processors=[found])

    def _new(self, known: dict[str, Any], one: Any, context: Any) -> Any:
        import grpc

        if one.name in known:
            context.abort(grpc.StatusCode.ALREADY_EXISTS, one.name)
        known[one.name] = one
        return one

    def _there(self, known: dict[str, Any], name: str, context: Any) -> Any:
        if name not in known or self.forgets:
            missing(context)
        return known[name]


def missing(context: Any) -> None:
    """End a call with the service's word for what is not there."""
    import grpc

    context.abort(grpc.StatusCode.NOT_FOUND, "no such thing")


def methods_of_the_service() -> dict[str, tuple[Any, Any]]:
    """The messages that each takes and gives, by its name."""
    from cirq_google.cloud import quantum

    return {
        "CreateQuantumProgram": (quantum.CreateQuantumProgramRequest, quantum.QuantumProgram),
        "CreateQuantumJob": (quantum.CreateQuantumJobRequest, quantum.QuantumJob),
        "GetQuantumJob": (quantum.GetQuantumJobRequest, quantum.QuantumJob),
        "CancelQuantumJob": (quantum.CancelQuantumJobRequest, None),
        "GetQuantumResult": (quantum.GetQuantumResultRequest, quantum.QuantumResult),
        "GetQuantumCalibration": (
            quantum.GetQuantumCalibrationRequest,
            quantum.QuantumCalibration,
        ),
        "ListQuantumCalibrations": (
            quantum.ListQuantumCalibrationsRequest,
            quantum.ListQuantumCalibrationsResponse,
        ),
        "GetQuantumProcessor": (quantum.GetQuantumProcessorRequest, quantum.QuantumProcessor),
        "ListQuantumProcessors": (
            quantum.ListQuantumProcessorsRequest,
            quantum.ListQuantumProcessorsResponse,
        ),
    }
