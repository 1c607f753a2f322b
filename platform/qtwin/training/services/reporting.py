"""A transfer report is made, stage by stage; the last one waits for an ordinary job."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from backends.errors import BackendError, ProgramRejected
from qtwin.jobs.services import job_cancel
from qtwin.projects.services import artifact_read
from qtwin.training.limits import MOST_CRASHES
from qtwin.training.models import TransferReport
from qtwin.training.services.device import device_rung, device_submit
from qtwin.training.services.lease import (
    WorkLost,
    work_end,
    work_keep,
    work_tell,
    work_wants_cancel,
)
from qtwin.training.services.loading import world_load
from qtwin.training.services.staging import baselines_of, earlier_of, rung_of
from qtwin.training.states import State

if TYPE_CHECKING:
    from qtwin.worlds.policies import Policy
    from qtwin.worlds.transfer.stage import Rung, Stage

log = logging.getLogger(__name__)
QPU = "qpu"


class _Cancelled(Exception):
    """Somebody asked for the end."""


def report_advance(report: TransferReport) -> None:
    """Go on with a claimed report: to its end, or until its job is to be looked at again.

    Raises:
        WorkLost: Somebody else has it; nothing was written then.
    """
    try:
        if report.crashes > MOST_CRASHES:
            raise ProgramRejected(f"{MOST_CRASHES} workers in a row died while they made it")
        _advance(report)
    except WorkLost:
        raise
    except _Cancelled:
        if report.job is not None and not report.job.is_terminal:
            job_cancel(job=report.job, by=report.created_by)
        work_end(report, State.CANCELLED, reason="It was cancelled.")
    except BackendError as error:
        field = getattr(error, "field", "")[:200]
        work_end(report, State.FAILED, reason=str(error), field=field)
    except Exception as error:  # worlds and policies are of other people
        log.warning("report %s ended", report.pk, exc_info=error)
        reason = f"It cannot be made: {type(error).__name__}: {str(error)[:300]}"
        work_end(report, State.FAILED, reason=reason)


def _advance(report: TransferReport) -> None:
    """Play the worlds, ask for the job, and when that has ended play them again beside it.

    They are played twice so that nothing of the samples has to be kept; they are the same.
    """
    from qtwin.worlds.policies import read_policy

    if report.world.state != State.DONE:
        raise ProgramRejected(f"the world is {report.world.state}: {report.world.reason}")
    _heed(report)
    policy = read_policy(artifact_read(report.policy.artifact))
    on_device: Rung | None = None
    if report.job is not None:
        on_device = device_rung(report)
        if on_device is None:
            return
    worlds = [rung_of(report, name) for name in report.asked["stages"] if name != QPU]
    climb = _Climb(report, policy)
    for rung in worlds:
        climb.play(rung)
    if QPU in report.asked["stages"] and on_device is None:
        device_submit(report, policy)
        return
    if on_device is not None:
        climb.play(on_device, alone=True)
    work_end(report, State.DONE, document=report.document)


class _Climb:
    """The ladders so far: of the policy, of baselines, of earlier policies."""

    def __init__(self, report: TransferReport, policy: Policy) -> None:
        self._report, self._policy = report, policy
        self._ladder: dict[str, Stage] = {}
        self._beside = baselines_of(world_load(report.world))
        self._earlier = earlier_of(report)
        self._ladders: dict[str, dict[str, Stage]] = {
            title: {} for title in (*self._beside, *self._earlier)
        }

    def play(self, rung: Rung, *, alone: bool = False) -> None:
        """Play one stage, and write the document with it.

        Args:
            alone: Whether only the policy is played there.
        """
        from qtwin.worlds.transfer.report import report as document_of
        from qtwin.worlds.transfer.stage import Stage

        self._ladder[rung.name] = Stage.play(rung, self._policy)
        if not alone:
            for title, other in (self._beside | self._earlier).items():
                self._ladders[title][rung.name] = Stage.play(rung, other)
        report = self._report
        report.document = document_of(
            self._ladder,
            baselines={title: self._ladders[title] for title in self._beside},
            earlier={title: self._ladders[title] for title in self._earlier},
        )
        work_keep(report, document=report.document, crashes=0)
        work_tell(report, "progress", stage=rung.name)
        _heed(report)


def _heed(report: TransferReport) -> None:
    if work_wants_cancel(report):
        raise _Cancelled
