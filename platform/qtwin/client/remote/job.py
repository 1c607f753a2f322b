"""One job: look at it, wait for it, read what it measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from qtwin.client.rows.job import HELD, JobDetail, JobEvent, JobRow
from qtwin.client.rows.measurement import MeasurementRow, Measurements
from qtwin.client.rows.project import ProjectRow
from qtwin.client.rows.result import Result, result
from qtwin.client.shown.progress import shown
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import Awaits, Waits, listing, operation
from qtwin.client.wire.errors import JobFailed, JobHeld
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing, every
from qtwin.client.wire.place import at
from qtwin.client.wire.wait import wait

Progress: TypeAlias = bool | Callable[[JobRow], None]
"""True draws a bar; a function is called with the job's row each time it was asked."""


class JobCore:
    """A job on a server; all it keeps is the row that was seen last."""

    _driver: Any

    def __init__(self, driver: Any, row: JobRow) -> None:
        self._driver, self.row = driver, row

    @property
    def id(self) -> str:
        return self.row.id

    @operation
    def status(self) -> Flow[JobDetail]:
        """The job as it is now."""
        return (yield from self._look())

    @operation
    def wait(self, timeout: float | None = None, progress: Progress = False) -> Flow[JobDetail]:
        """Wait until it has ended, or until only a person can help it on.

        Raises:
            TookTooLong: That took longer than ``timeout`` seconds; the job goes on.
        """
        return (yield from self._wait(timeout, progress))

    @operation
    def result(self, timeout: float | None = None, progress: Progress = False) -> Flow[Result]:
        """Wait until it has ended; its numbers in the order of its points.

        Raises:
            JobFailed: It failed or was cancelled, and measured nothing.
            JobHeld: A person must release or cancel it.
            TookTooLong: That took longer than ``timeout`` seconds; the job goes on.
        """
        row = yield from self._wait(timeout, progress)
        if row.state == HELD:
            raise JobHeld(f"job {self.id} is held: {row.reason}", row)
        measurements = yield from self._measurements()
        if row.state != "succeeded" and not measurements.rows:
            raise JobFailed(f"job {self.id} {row.state}: {row.reason}", row)
        return result(row, measurements)

    @operation
    def measurements(self) -> Flow[Measurements]:
        """What it has measured by now."""
        return (yield from self._measurements())

    @operation
    def cancel(self) -> Flow[JobRow]:
        """Ask it to stop; what a vendor finishes in spite of it is kept and charged."""
        return (yield from self._act("cancel"))

    @operation
    def hold(self, why: str) -> Flow[JobRow]:
        """Stop it until it is released; points that are finished stay."""
        return (yield from self._act("hold", {"why": why}))

    @operation
    def release(self, *, confirm: str = "") -> Flow[JobRow]:
        """Let a held job go on; ``confirm`` is its id where a vendor may have run it."""
        return (yield from self._act("release", {"confirm": confirm} if confirm else {}))

    @operation
    def approve(self, *, confirm: str) -> Flow[JobRow]:
        """Agree, as a second person, to what it may cost: ``confirm`` is that amount in USD."""
        return (yield from self._act("approve", {"confirm": confirm}))

    @operation
    def retry(self) -> Flow[JobRow]:
        """A new job for the points without an answer; the same one when asked again."""
        return (yield from self._act("retry", keep=False))

    @listing
    def events(self) -> Listing[JobEvent]:
        """What happened to it, oldest first."""
        return Listing(path=at("jobs", self.id, "events"), read=JobEvent.read)

    def _look(self) -> Flow[JobDetail]:
        row = JobDetail.read((yield from ask(Request(path=at("jobs", self.id)))))
        self.row = row
        return row

    def _wait(self, timeout: float | None, progress: Progress) -> Flow[JobDetail]:
        with shown(progress, f"{self.row.source}, job {self.id}") as tell:
            row = yield from wait(
                at("jobs", self.id),
                JobDetail.read,
                lambda row: row.rests,
                what=f"job {self.id}",
                timeout=timeout,
                progress=tell,
            )
        self.row = row
        return row

    def _measurements(self) -> Flow[Measurements]:
        path = at("jobs", self.id, "measurements")
        rows = yield from every(Listing(path=path, read=MeasurementRow.read))
        path = at("projects", self.row.project)
        project = ProjectRow.read((yield from ask(Request(path=path))))
        return Measurements(rows=rows, controls=tuple(one.name for one in project.controls))

    def _act(self, verb: str, body: Any = None, *, keep: bool = True) -> Flow[JobRow]:
        path = at("jobs", self.id, verb=verb)
        request = Request(method="POST", path=path, body=body, repeatable=True)
        row = JobRow.read((yield from ask(request)))
        if keep:
            self.row = row
        return row

    def __repr__(self) -> str:
        row = self.row
        done = f"{row.points_done}/{row.points_total} points"
        return f"<{type(self).__name__} {row.id} {row.source}: {row.state}, {done}>"

    def _repr_html_(self) -> str:
        return self.row._repr_html_()


class Job(JobCore, Waits):
    """A job of the synchronous client."""


class AsyncJob(JobCore, Awaits):
    """A job of the asynchronous client."""
