"""What the model is told of measurements, and what the digest covers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.fusion.base import Knob, Observations
from qtwin.fusion.evidence.merge import merge
from qtwin.jobs.covariance import KIND, Block, ShotCovariance
from qtwin.jobs.models import Measurement
from qtwin.jobs.services import measurement_invalidate, measurement_restore
from qtwin.projects.models import Artifact, Project
from qtwin.projects.services import artifact_put, source_create
from qtwin.twins.evidence import Evidence, evidence_of

Measure = Callable[..., Measurement]


def evidence(project: Project) -> Evidence:
    found = evidence_of(project, project.observables.get(name="energy"))
    assert found is not None
    return found


def observations(project: Project) -> Observations:
    data = evidence(project).observations()
    merge(data)  # the model takes them
    return data


def add_dmrg(project: Project, role: str) -> None:
    source_create(project=project, name="dmrg", role=role, backend="tenpy", method="dmrg", by=None)


def test_a_knob_that_varies_acts_in_the_discrepancy_with_its_declared_limit(
    project: Project, measure: Measure
) -> None:
    add_dmrg(project, "approximation")
    measure("dmrg", 0.7, -1.10, knobs={"bond_dimension": 4}, truncation=0.01)
    measure("dmrg", 0.7, -1.12, truncation=0.01)  # at the default
    measure("hf", 0.7, -1.0)
    data = observations(project)
    dmrg = next(spec for spec in data.sources if spec.name == "dmrg")
    assert dmrg.knobs == (Knob(name="bond_dimension", limit=np.inf, order=2.0),)
    np.testing.assert_array_equal(data.knobs["bond_dimension"], [4.0, 32.0, np.nan])


def test_a_knob_at_one_value_is_part_of_the_sources_discrepancy(
    project: Project, measure: Measure
) -> None:
    add_dmrg(project, "approximation")
    for x in (0.7, 0.9):
        measure("dmrg", x, -x, knobs={"bond_dimension": 4}, truncation=0.01)
    assert observations(project).sources[0].knobs == ()


def test_a_reference_is_one_only_where_doubling_its_limit_changes_nothing(
    project: Project, measure: Measure
) -> None:
    add_dmrg(project, "reference")
    measure("dmrg", 0.7, -1.13, knobs={"bond_dimension": 4}, truncation=1e-9)
    measure("dmrg", 0.9, -1.10, knobs={"bond_dimension": 4}, truncation=1e-3)
    data = observations(project)
    np.testing.assert_array_equal(data.knobs["bond_dimension"], [np.inf, 4.0])
    assert len(merge(data).reference_points()) == 1


def test_noise_gain_damps_a_device_and_is_a_discrepancy_of_anything_else(
    project: Project, measure: Measure
) -> None:
    source_create(
        project=project, name="model", role="approximation", backend="fake-ibm", method="vqe",
        by=None,
    )  # fmt: skip
    for gain in (1, 3):
        measure("vqe-noisy", 0.7, -0.9, 0.01, knobs={"noise_gain": gain}, epoch="monday")
        measure("model", 0.7, -0.8, 0.01, knobs={"noise_gain": gain})
    data = observations(project)
    np.testing.assert_array_equal(data.gain, [1.0, np.nan, 3.0, np.nan])
    np.testing.assert_array_equal(data.knobs["noise_gain"], [np.nan, 1.0, np.nan, 3.0])
    assert np.isnan(data.mixed_value).all()
    assert data.epoch == ("monday", "", "monday", "")


def test_values_of_a_knob_without_a_known_limit_are_branches(
    project: Project, measure: Measure
) -> None:
    measure("hf", 0.7, -1.0, branch="uhf", knobs={"level_shift": 0.2})
    measure("hf", 0.7, -1.1, branch="uhf")
    data = observations(project)
    assert data.branch == ("uhf, level_shift = 0.2", "uhf")
    assert len(merge(data).y) == 2


def test_rows_that_share_shots_bring_the_block_of_their_covariance(
    project: Project, measure: Measure
) -> None:
    rows = [measure("vqe-noisy", x, -x, 0.1, shot_group="g", epoch="e") for x in (0.5, 0.7, 0.9)]
    alone = measure("vqe-noisy", 1.1, -1.1, 0.1, shot_group="h", epoch="e")
    covariance = np.array([[0.01, 0.001, 0.004], [0.001, 0.04, 0.002], [0.004, 0.002, 0.01]])
    places = ((rows[2].row, "energy"), (rows[0].row, "dipole_z"), (rows[0].row, "energy"))
    other = Block(numbers=((alone.row, "energy"), (alone.row, "dipole_z")), covariance=np.eye(2))
    shared = ShotCovariance(blocks=(other, Block(numbers=places, covariance=covariance)))
    before = evidence(project).digest(0)
    kept = artifact_put(project=project, kind=KIND, data=shared.to_bytes())
    chosen = Measurement.objects.filter(pk__in=[rows[0].pk, rows[2].pk, alone.pk])
    chosen.update(covariance=kept)
    (group,) = observations(project).groups
    assert group.rows.tolist() == [0, 2]
    np.testing.assert_array_equal(group.covariance, [[0.01, 0.004], [0.004, 0.01]])
    assert evidence(project).digest(0) != before


def test_a_point_whose_observables_share_shots_needs_no_artifact_for_one_of_them(
    project: Project, measure: Measure
) -> None:
    """The store may be slow, and a sweep has thousands of such points."""
    lost = Artifact.objects.create(project=project, kind=KIND, sha256="1" * 64, size=1)
    for x in (0.5, 0.7):
        measure("vqe-noisy", x, -x, 0.1, shot_group=f"job:{x}", covariance=lost)
    assert observations(project).groups == ()


def test_the_digest_covers_what_decides_the_fit(
    project: Project, measure: Measure, user: User
) -> None:
    rows = [measure("hf", x, -x) for x in (0.5, 0.7)]
    digests = [evidence(project).digest(0)]

    def say() -> None:
        digests.append(evidence(project).digest(0))

    measurement_invalidate(measurement=rows[0], why="test", by=user)
    say()
    measurement_restore(measurement=rows[0], why="test", by=user)
    assert evidence(project).digest(0) == digests[0]
    project.observables.filter(name="energy").update(upper=1.0)
    say()
    project.controls.update(upper=4.0)
    project.refresh_from_db()
    say()
    revision = project.sources.get(name="hf").revisions.get()
    revision.knobs = [{"name": "k", "kind": "discrepancy", "limit": "inf", "order": 1.0}]
    revision.save()
    say()
    digests += [evidence(project).digest(1), evidence(project).digest(0, "another")]
    assert len(set(digests)) == len(digests)


def test_evidence_at_an_earlier_time_is_what_was_there_and_valid_then(
    project: Project, measure: Measure, user: User
) -> None:
    energy = project.observables.get(name="energy")
    empty = timezone.now()
    first = measure("hf", 0.5, -0.5)
    both_valid = timezone.now()
    measurement_invalidate(measurement=first, why="test", by=user)
    second = measure("hf", 0.7, -0.7)
    assert evidence_of(project, energy, at=empty) is None
    then, now = evidence_of(project, energy, at=both_valid), evidence_of(project, energy)
    assert then is not None
    assert now is not None
    assert [m.pk for m in then.measurements] == [first.pk]
    assert [m.pk for m in now.measurements] == [second.pk]


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ('{"schema_version": 9}', "schema_version 9"),
        ("[1]", "no covariance"),
        ('{"schema_version": 2, "blocks": [{"rows": [0]}]}', "no covariance"),
        (
            '{"schema_version": 2, "blocks": [{"rows": [0, 1], "observables": ["e", "e"], '
            '"covariance": [[1.0]]}]}',
            "2 numbers",
        ),
    ],
)
def test_blocks_that_are_none_are_refused(data: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        ShotCovariance.from_bytes(data.encode())
