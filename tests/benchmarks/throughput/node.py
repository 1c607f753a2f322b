"""``celery -A tests.benchmarks.throughput.node``: the worker, with its backends in its process."""

from __future__ import annotations

from collections.abc import Callable

from celery.signals import worker_process_init

from tests.benchmarks.throughput.sandboxed import app

__all__ = ["app"]


@worker_process_init.connect
def _run_in_process(**_: object) -> None:
    """A process of its own for each chunk is not what is measured here."""
    from backends import registry
    from backends.schema import Result
    from workers import step
    from workers.sandbox import ChunkRequest, Finished

    class InProcess:
        def run(self, request: ChunkRequest, *, on_tick: Callable[[], bool]) -> Finished:
            backend = registry.get(request.backend)
            answer = backend.submit(request.experiment, request.options, token=request.token)
            assert isinstance(answer, Result)
            return Finished(result=answer)

    step.shared = InProcess  # type: ignore[attr-defined, assignment]  # the sandbox's port, without the sandbox
