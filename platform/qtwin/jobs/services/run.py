"""What a call of a backend leaves behind, so that each of its numbers can be traced and known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from backends import registry
from backends.base import Capabilities
from backends.errors import UnknownBackend
from backends.schema import Result
from qtwin.insert import insert
from qtwin.jobs import identity
from qtwin.jobs.models import Job, Run
from qtwin.jobs.selectors import job_experiment
from qtwin.jobs.services.seed import seeds_decide
from qtwin.projects.models import Artifact


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A run with the result that it recorded; says for each number what identifies it."""

    run: Run
    result: Result

    @cached_property
    def identities(self) -> list[list[str]]:
        experiment, _ = job_experiment(self.run.job)
        return identity.identities(
            experiment.rows(self.run.start, self.run.stop), self.run.job.source_revision.backend
        )

    @cached_property
    def _able(self) -> Capabilities | None:
        try:
            return registry.get(self.run.job.source_revision.backend).capabilities
        except UnknownBackend:
            return None

    @property
    def _repeats_with_seed(self) -> bool:
        return self._able is not None and seeds_decide(self._able)

    @property
    def _recorded(self) -> bool:
        return self._able is not None and self._able.recorded

    @property
    def draws(self) -> bool:
        """Whether any of its numbers may be known again as the same draw."""
        return self._recorded or (self.run.seed is not None and self._repeats_with_seed)

    def draw(self, row: int, column: int) -> str:
        """Empty for a number without statistical error, and where a seed decides nothing.

        A recorded number is the same however often it is looked up, with an error or without.
        """
        if self._recorded:
            kept, name = self.result.raw[row], self.run.job.observables[column]
            return identity.recorded(str(kept["recording"]), row=int(kept["row"]), observable=name)
        seed, random = self.run.seed, self.result.std_errors[row, column] > 0
        if seed is None or not random or not self._repeats_with_seed:
            return ""
        return identity.draw(self.identities[row][column], shots=self.run.shots, seed=seed, row=row)


def run_trace(job: Job, *, start: int, result: Result) -> Trace:
    """The run that gave ``result``, of which no table says anything yet."""
    said = result.provenance
    run = Run(
        job=job,
        attempt=job.attempt,
        start=start,
        stop=start + len(result.values),
        backend=said.backend,
        shots=result.options.shots,
        seed=result.options.seed,
        cache_version=identity.CACHE_VERSION,
        versions=dict(said.versions),
        details=dict(said.details),
        remote_id=said.remote_id,
        calibration_id=said.calibration_id,
        calibrated_at=said.calibrated_at,
        started_at=said.started_at,
        finished_at=said.finished_at,
    )
    return Trace(run=run, result=result)


def run_record(trace: Trace, *, raw: Artifact) -> None:
    """Note a run; call it in the transaction that adds its measurements."""
    trace.run.raw = raw
    insert([trace.run])
