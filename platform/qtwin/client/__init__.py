"""The Python SDK and the command line: a server's client, and tools that need none. No Django.

Names are loaded when they are first used, so that ``import qtwin.client`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qtwin.client.remote.campaign import AsyncCampaign, Campaign
    from qtwin.client.remote.job import AsyncJob, Job
    from qtwin.client.remote.loop import AsyncLoop, Loop
    from qtwin.client.remote.policy import AsyncPolicy, Policy
    from qtwin.client.remote.project import AsyncProject, Project
    from qtwin.client.remote.report import AsyncTransferReport, TransferReport
    from qtwin.client.remote.run import AsyncTrainingRun, TrainingRun
    from qtwin.client.remote.session import AsyncClient, Client
    from qtwin.client.remote.team import AsyncTeam, Team
    from qtwin.client.remote.twin import AsyncTwin, Twin
    from qtwin.client.remote.world import AsyncWorld, World
    from qtwin.client.wire.errors import (
        Busy,
        Conflict,
        JobFailed,
        JobHeld,
        NotAllowed,
        NotFound,
        NotSignedIn,
        Problem,
        QTwinError,
        Refused,
        ServerFailed,
        TookTooLong,
        UnknownName,
        Unreachable,
        Unreadable,
    )

_PLACES = {
    "remote.campaign": ("AsyncCampaign", "Campaign"),
    "remote.job": ("AsyncJob", "Job"),
    "remote.project": ("AsyncProject", "Project"),
    "remote.session": ("AsyncClient", "Client"),
    "remote.team": ("AsyncTeam", "Team"),
    "remote.twin": ("AsyncTwin", "Twin"),
    "remote.loop": ("AsyncLoop", "Loop"),
    "remote.policy": ("AsyncPolicy", "Policy"),
    "remote.report": ("AsyncTransferReport", "TransferReport"),
    "remote.run": ("AsyncTrainingRun", "TrainingRun"),
    "remote.world": ("AsyncWorld", "World"),
    "wire.errors": (
        *("Busy", "Conflict", "JobFailed", "JobHeld", "NotAllowed", "NotFound", "NotSignedIn"),
        *("Problem", "QTwinError", "Refused", "ServerFailed", "TookTooLong", "UnknownName"),
        *("Unreachable", "Unreadable"),
    ),
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "AsyncCampaign",
    "AsyncClient",
    "AsyncJob",
    "AsyncLoop",
    "AsyncPolicy",
    "AsyncProject",
    "AsyncTeam",
    "AsyncTrainingRun",
    "AsyncTransferReport",
    "AsyncTwin",
    "AsyncWorld",
    "Busy",
    "Campaign",
    "Client",
    "Conflict",
    "Job",
    "JobFailed",
    "JobHeld",
    "Loop",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "Policy",
    "Problem",
    "Project",
    "QTwinError",
    "Refused",
    "ServerFailed",
    "Team",
    "TookTooLong",
    "TrainingRun",
    "TransferReport",
    "Twin",
    "UnknownName",
    "Unreachable",
    "Unreadable",
    "World",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACE_OF[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
