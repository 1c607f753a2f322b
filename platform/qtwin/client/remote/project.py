"""One project: its sources, jobs, measurements, money, and its twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from qtwin.client.remote.campaign import AsyncCampaign, Campaign, CampaignCore
from qtwin.client.remote.evidence import Evidence
from qtwin.client.remote.job import AsyncJob, Job, JobCore
from qtwin.client.remote.points import Points, given, plain, plain_document, points_document
from qtwin.client.remote.rules import Rules
from qtwin.client.remote.twin import AsyncTwin, Twin, TwinCore
from qtwin.client.remote.world import AsyncWorld, World, WorldCore
from qtwin.client.rows.campaign import CampaignRow
from qtwin.client.rows.job import JobRow
from qtwin.client.rows.money import Estimate
from qtwin.client.rows.project import SourceRow
from qtwin.client.rows.training import WorldRow
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import Awaits, Waits, listing, operation
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing

JobT = TypeVar("JobT", bound=JobCore)
TwinT = TypeVar("TwinT", bound=TwinCore)
CampaignT = TypeVar("CampaignT", bound=CampaignCore)
WorldT = TypeVar("WorldT", bound=WorldCore[Any, Any, Any])


class ProjectCore(Evidence, Rules, Generic[JobT, TwinT, CampaignT, WorldT]):
    """What both kinds of a project can do."""

    _job: type[JobT]
    _twin: type[TwinT]
    _campaign: type[CampaignT]
    _world: type[WorldT]

    def twin(self, *, version: int | None = None, as_of: datetime | None = None) -> TwinT:
        """Its twin: the latest version, a pinned one, or the one that was latest at a time."""
        return self._twin(self._driver, self.row, version=version, as_of=as_of)

    @operation
    def delete(self) -> Flow[None]:
        """Hide the project; its evidence is kept."""
        yield from ask(Request(method="DELETE", path=self._at()))

    @listing
    def sources(self) -> Listing[SourceRow]:
        return Listing(path=self._at("sources"), read=SourceRow.read)

    @operation
    def create_source(
        self,
        name: str,
        *,
        backend: str,
        method: str,
        role: str,
        label: str = "",
        settings: Mapping[str, Any] | None = None,
    ) -> Flow[SourceRow]:
        """A new source; ``role`` is reference, approximation or device."""
        body = {
            "name": name,
            "backend": backend,
            "method": method,
            "role": role,
            "settings": dict(settings or {}),
            **given(label=label),
        }
        return SourceRow.read((yield from self._post("sources", body)))

    @operation
    def revise_source(self, name: str, settings: Mapping[str, Any]) -> Flow[SourceRow]:
        """Change a source's settings: a new revision, which new jobs run."""
        body = {"settings": plain_document(settings)}
        return SourceRow.read((yield from self._change(f"sources/{name}", body)))

    @operation
    def submit(
        self,
        *,
        source: str,
        points: Points,
        observables: Sequence[str] = (),
        knobs: Mapping[str, Any] | None = None,
        shots: int | None = None,
        seed: int | None = None,
        priority: int = 0,
        force: bool = False,
        key: str | None = None,
    ) -> Flow[JobT]:
        """Submit a job and go on; see `Job.wait` and `Job.result`.

        Args:
            points: Shape (P,) with one control, (P, C) with several.
            observables: All that the source gives where none is named.
            knobs: One value each, or one per point.
            force: Compute what is known, too.
            key: Of this job: asked again with the same key and body, there is still one job. Each
                call has a key of its own where none is given, which its repetitions share.
        """
        body = _job(
            source=source,
            points=points,
            observables=observables,
            knobs=knobs,
            shots=shots,
            seed=seed,
        )
        body |= {"priority": priority, "force": force}
        document = yield from self._post("jobs", body, key=key)
        return self._job(self._driver, JobRow.read(document))

    @operation
    def estimate(
        self,
        *,
        source: str,
        points: Points,
        observables: Sequence[str] = (),
        knobs: Mapping[str, Any] | None = None,
        shots: int | None = None,
        seed: int | None = None,
    ) -> Flow[Estimate]:
        """What such a job would take and cost, and whether it would be refused."""
        body = _job(
            source=source,
            points=points,
            observables=observables,
            knobs=knobs,
            shots=shots,
            seed=seed,
        )
        request = Request(method="POST", path=self._at("estimate"), body=body, repeatable=True)
        return Estimate.read((yield from ask(request)))

    @listing
    def jobs(self, *, state: str | None = None, source: str | None = None) -> Listing[JobRow]:
        """Its jobs, newest first."""
        query = {"state": state, "source": source}
        return Listing(path=self._at("jobs"), query=query, read=JobRow.read)

    @operation
    def start_campaign(
        self,
        name: str,
        *,
        sweep: Mapping[str, Any] | None = None,
        loop: Mapping[str, Any] | None = None,
        steps: Sequence[Mapping[str, Any]] | None = None,
        key: str | None = None,
    ) -> Flow[CampaignT]:
        """Start a sweep, a closed loop, or steps of both: docs/campaigns.md."""
        plan = {"sweep": sweep, "loop": loop, "steps": steps}
        given = {kind: plain_document(one) for kind, one in plan.items() if one is not None}
        body = {"name": name, **given}
        document = yield from self._post("campaigns", body, key=key)
        return self._campaign(self._driver, CampaignRow.read(document))

    @listing
    def campaigns(self, *, state: str | None = None) -> Listing[CampaignRow]:
        """Its campaigns, newest first."""
        query = {"state": state}
        return Listing(path=self._at("campaigns"), query=query, read=CampaignRow.read)

    @operation
    def create_world(
        self,
        name: str,
        document: Mapping[str, Any],
        *,
        calibration: Mapping[str, Any] | None = None,
        twin_version: int | None = None,
        held_out_version: int | None = None,
        key: str | None = None,
    ) -> Flow[WorldT]:
        """Ask for a world to train in; see `World.wait`.

        Args:
            document: With its kind; see docs/worlds.md.
            calibration: How its parameters are learned from the measurements; None: they are not.
            twin_version: The latest where none is given.
            held_out_version: One that nothing is trained on.
        """
        body = {"name": name, "document": plain_document(document)} | given(
            calibration=calibration,
            twin_version=twin_version,
            held_out_version=held_out_version,
        )
        return self._world(
            self._driver, WorldRow.read((yield from self._post("worlds", body, key=key)))
        )

    @listing
    def worlds(self, *, state: str | None = None) -> Listing[WorldRow]:
        """Its worlds, newest first."""
        return Listing(path=self._at("worlds"), query={"state": state}, read=WorldRow.read)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.id}>"

    def _repr_html_(self) -> str:
        from qtwin.client.shown.card import project_card

        return project_card(self.row)


def _job(
    *,
    source: str,
    points: Points,
    observables: Sequence[str],
    knobs: Mapping[str, Any] | None,
    shots: int | None,
    seed: int | None,
) -> dict[str, Any]:
    return {
        "source": source,
        "points": points_document(points),
        "observables": list(observables),
        "knobs": {name: plain(value) for name, value in (knobs or {}).items()},
        "shots": shots,
        "seed": seed,
    }


class Project(ProjectCore[Job, Twin, Campaign, World], Waits):
    """A project of the synchronous client."""

    _job, _twin, _campaign, _world = Job, Twin, Campaign, World


class AsyncProject(ProjectCore[AsyncJob, AsyncTwin, AsyncCampaign, AsyncWorld], Awaits):
    """A project of the asynchronous client."""

    _job, _twin, _campaign, _world = AsyncJob, AsyncTwin, AsyncCampaign, AsyncWorld
