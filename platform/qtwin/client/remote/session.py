"""The client: where everything begins."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from qtwin.client.remote.account import Account
from qtwin.client.remote.archive import archive_send
from qtwin.client.remote.campaign import AsyncCampaign, Campaign, CampaignCore
from qtwin.client.remote.find import find_project
from qtwin.client.remote.job import AsyncJob, Job, JobCore
from qtwin.client.remote.learning import Learning, LoopT, PolicyT, ReportT, RunT, WorldT
from qtwin.client.remote.loop import AsyncLoop, Loop
from qtwin.client.remote.points import given
from qtwin.client.remote.policy import AsyncPolicy, Policy
from qtwin.client.remote.project import AsyncProject, Project, ProjectCore
from qtwin.client.remote.report import AsyncTransferReport, TransferReport
from qtwin.client.remote.run import AsyncTrainingRun, TrainingRun
from qtwin.client.remote.team import AsyncTeam, Team, TeamCore, pick
from qtwin.client.remote.world import AsyncWorld, World
from qtwin.client.rows.account import TeamRow
from qtwin.client.rows.campaign import CampaignRow, ScheduleRow
from qtwin.client.rows.job import JobDetail, JobRow
from qtwin.client.rows.measurement import MeasurementRow
from qtwin.client.rows.project import BackendRow, ProjectRow
from qtwin.client.wire.address import find
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import Awaits, Waits, listing, operation
from qtwin.client.wire.drive import Awaiting, Blocking
from qtwin.client.wire.flow import Flow, Request, made
from qtwin.client.wire.pages import Listing, every
from qtwin.client.wire.place import at

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

ProjectT = TypeVar("ProjectT", bound=ProjectCore[Any, Any, Any, Any])
JobT = TypeVar("JobT", bound=JobCore)
CampaignT = TypeVar("CampaignT", bound=CampaignCore)
TeamT = TypeVar("TeamT", bound=TeamCore)


class ClientCore(
    Account,
    Learning[WorldT, RunT, PolicyT, ReportT, LoopT],
    Generic[ProjectT, JobT, CampaignT, TeamT, WorldT, RunT, PolicyT, ReportT, LoopT],
):
    """What both clients can do."""

    _project: type[ProjectT]
    _job: type[JobT]
    _campaign: type[CampaignT]
    _team: type[TeamT]

    @listing
    def projects(self) -> Listing[ProjectRow]:
        """All projects of your teams, newest first."""
        return Listing(path=at("projects"), read=ProjectRow.read)

    @operation
    def project(self, name_or_id: str) -> Flow[ProjectT]:
        """A project by its id or its name.

        Raises:
            UnknownName: None of yours has this name, or several have.
        """
        row = yield from find_project(name_or_id)
        return self._project(self._driver, row)

    @operation
    def create_project(
        self,
        name: str,
        *,
        system: Mapping[str, Any],
        description: str = "",
        team: str | None = None,
    ) -> Flow[ProjectT]:
        """A new project of one physical system; ``team`` is needed when you are in several."""
        body = {"name": name, "system": dict(system)} | given(description=description, team=team)
        document = yield from ask(made(at("projects"), body))
        return self._project(self._driver, ProjectRow.read(document))

    @operation
    def import_project(
        self, archive: str | Path | bytes, *, team: str | None = None, timeout: float | None = None
    ) -> Flow[ProjectT]:
        """A project from an archive that `Project.export` wrote; waits until it is there."""
        row = yield from archive_send(archive, team=team, timeout=timeout)
        return self._project(self._driver, row)

    @operation
    def job(self, job_id: str) -> Flow[JobT]:
        """A job by its id, wherever it was submitted from."""
        row = JobDetail.read((yield from ask(Request(path=at("jobs", job_id)))))
        return self._job(self._driver, row)

    @listing
    def jobs(self, *, state: str | None = None) -> Listing[JobRow]:
        """The jobs of all your projects, newest first."""
        return Listing(path=at("jobs"), query={"state": state}, read=JobRow.read)

    @operation
    def campaign(self, campaign_id: str) -> Flow[CampaignT]:
        """A campaign by its id."""
        row = CampaignRow.read((yield from ask(Request(path=at("campaigns", campaign_id)))))
        return self._campaign(self._driver, row)

    @listing
    def campaigns(self, *, state: str | None = None) -> Listing[CampaignRow]:
        """The campaigns of all your projects, newest first."""
        return Listing(path=at("campaigns"), query={"state": state}, read=CampaignRow.read)

    @listing
    def backends(self) -> Listing[BackendRow]:
        """Where sources can run on this server."""
        return Listing(path=at("backends"), read=BackendRow.read, paged=False)

    @listing
    def teams(self) -> Listing[TeamRow]:
        """Your teams, and what you are in them."""
        return Listing(path=at("teams"), read=TeamRow.read, paged=False)

    @operation
    def team(self, name_or_id: str) -> Flow[TeamT]:
        """A team of yours by its id or its name."""
        rows = yield from every(Listing(path=at("teams"), read=TeamRow.read, paged=False))
        return self._team(self._driver, pick(rows, name_or_id))

    @operation
    def invalidate(self, measurement_id: str, *, why: str) -> Flow[MeasurementRow]:
        """Take a measurement out of the twin's evidence; it stays in the project."""
        return (yield from _validity(measurement_id, "invalidate", why))

    @operation
    def restore(self, measurement_id: str, *, why: str) -> Flow[MeasurementRow]:
        """Take a measurement back into the twin's evidence."""
        return (yield from _validity(measurement_id, "restore", why))

    @operation
    def start_schedule(self, schedule_id: str) -> Flow[ScheduleRow]:
        """Let a schedule start campaigns again."""
        request = _action("schedules", schedule_id, "start")
        return ScheduleRow.read((yield from ask(request)))

    @operation
    def stop_schedule(self, schedule_id: str) -> Flow[ScheduleRow]:
        """Let a schedule start no campaign until it is started again."""
        request = _action("schedules", schedule_id, "stop")
        return ScheduleRow.read((yield from ask(request)))

    @operation
    def delete_schedule(self, schedule_id: str) -> Flow[None]:
        """Remove a schedule; campaigns that it started stay."""
        yield from ask(Request(method="DELETE", path=at("schedules", schedule_id)))


def _action(noun: str, its_id: str, verb: str, body: Any = None) -> Request:
    return Request(method="POST", path=at(noun, its_id, verb=verb), body=body, repeatable=True)


def _validity(measurement_id: str, verb: str, why: str) -> Flow[MeasurementRow]:
    request = _action("measurements", measurement_id, verb, {"why": why})
    return MeasurementRow.read((yield from ask(request)))


class Client(
    ClientCore[Project, Job, Campaign, Team, World, TrainingRun, Policy, TransferReport, Loop],
    Waits,
):
    """A QTwin server.

    Args:
        url: Its address; else ``QTWIN_URL``, else what `qtwin login` kept.
        token: Of yours; else ``QTWIN_TOKEN``, else what `qtwin login` kept.
        transport: An httpx transport, such as one into an application of this process.
    """

    _project, _job, _campaign, _team = Project, Job, Campaign, Team
    _world, _run, _policy, _report = World, TrainingRun, Policy, TransferReport
    _loop = Loop

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        access = find(url, token)
        self._driver = Blocking(access, transport)
        self.url = access.url

    def close(self) -> None:
        """Close its connections; a later request opens them anew."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.url!r})"


class AsyncClient(
    ClientCore[
        AsyncProject,
        AsyncJob,
        AsyncCampaign,
        AsyncTeam,
        AsyncWorld,
        AsyncTrainingRun,
        AsyncPolicy,
        AsyncTransferReport,
        AsyncLoop,
    ],
    Awaits,
):
    """The same for ``await``; see `Client`."""

    _project, _job, _campaign = AsyncProject, AsyncJob, AsyncCampaign
    _team, _world, _run = AsyncTeam, AsyncWorld, AsyncTrainingRun
    _policy, _report, _loop = AsyncPolicy, AsyncTransferReport, AsyncLoop

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        access = find(url, token)
        self._driver = Awaiting(access, transport)
        self.url = access.url

    async def close(self) -> None:
        """Close its connections; a later request opens them anew."""
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncClient({self.url!r})"
