"""The parameters of a driven system, learned from the measurements of a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.jobs.covariance import ShotCovariance
from qtwin.jobs.models import Measurement
from qtwin.jobs.raws import TooLarge, raw_of_row, run_of_row
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_read
from qtwin.projects.storage import Corrupt
from qtwin.twins.models import TwinFit, TwinVersion

if TYPE_CHECKING:
    from qtwin.worlds.calibration import Block, Row
    from qtwin.worlds.posterior import Posterior

ANALOG = "ahs"
"""The method whose counts are of the system's own qubits, read along z."""
EFFORTS = ("full", "quick")
AT = "/calibration"


def calibrated(
    project: Project, version: TwinVersion | None, calibration: Mapping[str, Any]
) -> Posterior:
    """Learn from the measurements of a twin version; without one, from all that are valid.

    Args:
        calibration: ``priors`` by parameter, ``seed`` and ``effort`` (full or quick).

    Raises:
        ProgramRejected: Its field is a pointer below ``/calibration``; also when nothing that was
            measured speaks of the device.
    """
    from backends import systems
    from qtwin.worlds import calibration as learning
    from qtwin.worlds.calibration.parameters import parameters_of

    asked = Document(calibration, AT)
    asked.only("priors", "seed", "effort", "observable")
    system: Any = systems.load(project.system)
    measurements = measurements_of_version(project, version)
    try:
        given = asked.entry("priors", None)
        names = tuple(one.name for one in parameters_of(system))
        priors = None if given is None else learning.read_priors(given, names)
        data = learning.calibration_data(system, rows_of(measurements), blocks_of(measurements))
    except ProgramRejected as error:
        error.field = f"{AT}{error.field.removeprefix(AT)}"
        raise
    except learning.NothingOfTheDevice as error:
        raise ProgramRejected(str(error), field=AT) from error
    effort = asked.choice("effort", EFFORTS, EFFORTS[0])
    found: Posterior = learning.calibrate(
        project.system,
        data,
        priors,
        asked.integer("seed", 0, 2**31 - 1, 0),
        effort=learning.FULL if effort == "full" else learning.QUICK,
    )
    return found


def measurements_of_version(project: Project, version: TwinVersion | None) -> list[Measurement]:
    """What a version was fitted to, in the order of the ids."""
    rows = measurements_valid(project.pk)
    if version is not None:
        fits = TwinFit.objects.filter(version=version).values_list("measurement_ids", flat=True)
        rows = Measurement.objects.filter(pk__in={pk for ids in fits for pk in ids})
    return list(
        rows.select_related("source_revision__source", "observable", "covariance", "job").order_by(
            "pk"
        )
    )


def rows_of(measurements: Sequence[Measurement]) -> list[Row]:
    """As a calibration reads them, one for each."""
    from qtwin.worlds.calibration import Row

    return [
        Row(
            source=m.source_revision.source.name,
            role=m.source_revision.source.role,
            point=tuple(m.point),
            observable=m.observable.name,
            value=m.value,
            std=m.std,
            shots=m.shots,
            knobs=m.knobs or {},
            counts=_counts(m),
        )
        for m in measurements
    ]


def _counts(measurement: Measurement) -> dict[str, int] | None:
    """Outcomes of an analog run, if its raw payload is kept."""
    job = measurement.job
    if job is None or measurement.source_revision.method != ANALOG:
        return None
    run = run_of_row(job, measurement.row)
    if run is None:
        return None
    try:
        counts = raw_of_row(run, measurement.row).get("counts")
    except (TooLarge, Corrupt, FileNotFoundError):
        return None
    return dict(counts) if counts else None


def blocks_of(measurements: Sequence[Measurement]) -> list[Block]:
    """Those that share shots, with the covariance that is kept of them."""
    from qtwin.worlds.calibration import Block

    sharing: dict[tuple[Any, str], list[int]] = {}
    for index, m in enumerate(measurements):
        if m.covariance_id and m.std > 0:
            sharing.setdefault((m.covariance_id, m.shot_group), []).append(index)
    found = []
    for rows in sharing.values():
        artifact = measurements[rows[0]].covariance
        if len(rows) < 2 or artifact is None:
            continue
        numbers = [(measurements[i].row, measurements[i].observable.name) for i in rows]
        for block in ShotCovariance.from_bytes(artifact_read(artifact)).blocks:
            inside, covariance = block.among(numbers)
            if len(inside) > 1:
                chosen = tuple(rows[i] for i in inside)
                found.append(Block(rows=chosen, covariance=covariance))
    return found
