"""A comparison of classifiers is made from what the project's jobs measured."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from backends.errors import ProgramRejected
from qtwin.jobs.models import Job, Run
from qtwin.jobs.raws import TooLarge, raws_of_run
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.storage import Corrupt
from qtwin.qml.library import MissingLibrary
from qtwin.qml.phases.document import document
from qtwin.qml.phases.folds import Transition
from qtwin.qml.phases.measured import Measured, counts_of
from qtwin.qml.phases.study import Plan, study
from qtwin.training.limits import MOST_CRASHES
from qtwin.training.models import Classifier
from qtwin.training.services.lease import WorkLost, work_end, work_tell, work_wants_cancel
from qtwin.training.states import State

log = logging.getLogger(__name__)


class _Cancelled(Exception):
    """Somebody asked for the end."""


def classifier_make(row: Classifier) -> None:
    """Make a claimed comparison.

    Raises:
        WorkLost: Somebody else has it; nothing was written then.
    """
    try:
        if row.crashes > MOST_CRASHES:
            raise ProgramRejected(f"{MOST_CRASHES} workers in a row died while they made it")
        found = _made(row)
    except _Cancelled:
        work_end(row, State.CANCELLED, reason="It was cancelled.")
    except WorkLost:
        raise
    except ProgramRejected as error:
        work_end(row, State.FAILED, reason=str(error), field=error.field[:200])
    except (ValueError, MissingLibrary, TooLarge, Corrupt, FileNotFoundError) as error:
        work_end(row, State.FAILED, reason=str(error)[:500])
    except Exception as error:  # machines are of another package
        log.warning("classifier %s ended", row.pk, exc_info=error)
        reason = f"It cannot be made: {type(error).__name__}: {str(error)[:300]}"
        work_end(row, State.FAILED, reason=reason)
    else:
        work_end(row, State.DONE, document=found)


def _made(row: Classifier) -> dict[str, Any]:
    _stop_if_asked(row)
    asked, jobs, measured = row.asked, set(), []
    for job, one in shots_of(row.project_id, control=asked["control"], sources=asked["sources"]):
        jobs.add(str(job.pk))
        measured.append(one)
    if not measured:
        raise ProgramRejected(
            "no job of these sources kept bit strings; allowed: sources that were run with shots",
            field="/sources",
        )
    plan = Plan(
        transition=Transition(value=asked["transition"], margin=asked["margin"]),
        shots=asked["shots"],
        readings=asked["readings"],
        folds=asked["folds"],
        seed=asked["seed"],
        methods=tuple(asked["methods"]),
    )

    def tell(method: str) -> None:
        _stop_if_asked(row)
        work_tell(row, "progress", method=method)

    found = document(study(measured, plan, on_method=tell))
    return found | {"control": asked["control"], "jobs": sorted(jobs)}


def _stop_if_asked(row: Classifier) -> None:
    if work_wants_cancel(row):
        raise _Cancelled


def shots_of(
    project_id: Any, *, control: str, sources: list[str]
) -> Iterator[tuple[Job, Measured]]:
    """The bit strings of a project's jobs, point by point; an empty list means all sources.

    Points whose measurements were all invalidated are left out, and so are those that a backend
    answered without bit strings. What one job took from another is read once.
    """
    valid = measurements_valid(project_id)
    counted = set(valid.exclude(job=None).order_by().values_list("job_id", "row"))
    jobs = Job.objects.filter(project_id=project_id, runs__isnull=False, replay_of=None)
    if sources:
        jobs = jobs.filter(source_revision__source__name__in=sources)
    rows = jobs.select_related("source_revision__source", "project").distinct().order_by("pk")
    for job in rows:
        names = [one["name"] for one in job.project.system["controls"]]
        column = names.index(control)
        for run in job.runs.select_related("raw"):
            for number, raw in enumerate(_raws(run), start=run.start):
                counts = counts_of(raw) if (job.pk, number) in counted else {}
                if counts:
                    yield job, _measured(job, number, column, counts)


def _raws(run: Run) -> list[Mapping[str, Any]]:
    return [raw if isinstance(raw, Mapping) else {} for raw in raws_of_run(run)]


def _measured(job: Job, row: int, column: int, counts: Mapping[str, Mapping[str, int]]) -> Measured:
    """One point; a source at other knobs, such as another noise gain, is named with them."""
    values = job.knob_values[row] if job.knobs else []
    knobs = ", ".join(f"{name} {value:g}" for name, value in zip(job.knobs, values, strict=True))
    name = job.source_revision.source.name
    return Measured(
        value=float(job.points[row][column]),
        source=f"{name} ({knobs})" if knobs else name,
        counts=counts,
    )
