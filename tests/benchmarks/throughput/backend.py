"""A backend that answers zeros at once, so that what is left is the platform."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.schema import Experiment, Provenance, Result, RunOptions

BACKENDS = {"zeros": "tests.benchmarks.throughput.backend:Zeros"}


class Zeros(Backend):
    name = "zeros"
    capabilities = Capabilities(kind=Kind.CLASSICAL, methods=("none",), exact=True)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        now = datetime.now(UTC)
        zeros = np.zeros(experiment.shape)
        provenance = Provenance(backend=self.name, versions={}, started_at=now, finished_at=now)
        return Result(values=zeros, std_errors=zeros, options=options, provenance=provenance)
