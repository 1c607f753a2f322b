"""What the job engine keeps of numbers that share shots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backends.schema import RunOptions, ShotBlock
from qtwin.jobs.covariance import ShotCovariance
from qtwin.jobs.models import Job, Measurement
from qtwin.jobs.services import chunk_record
from qtwin.projects.services import artifact_read
from tests.unit.jobs.conftest import result_of
from tests.unit.jobs.test_chunks import running

pytestmark = pytest.mark.django_db

STD = np.array([[0.1], [0.2], [0.0]])


def test_groups_are_named_by_the_first_row_that_shares_them_and_the_block_is_kept(job: Job) -> None:
    """The second chunk: rows 3 and 4 share a calibration, row 5 is a constant."""
    chunk_record(running(job), start=0, result=result_of(3))
    block = ShotBlock(
        rows=(0, 1), columns=(0, 0), covariance=np.array([[0.01, 0.005], [0.005, 0.04]])
    )
    sampled = replace(result_of(3), std_errors=STD, options=RunOptions(seed=1, shots=9))
    chunk_record(running(job), start=3, result=replace(sampled, blocks=(block,)))
    rows = list(Measurement.objects.filter(job=job).order_by("row"))
    names = ["", "", "", f"{job.pk}:3", f"{job.pk}:3", ""]
    assert [row.shot_group for row in rows] == names
    assert [row.covariance is not None for row in rows] == [bool(name) for name in names]
    kept = rows[3].covariance
    assert kept is not None
    (again,) = ShotCovariance.from_bytes(artifact_read(kept)).blocks
    assert again.numbers == ((3, "energy"), (4, "energy"))
    np.testing.assert_array_equal(again.covariance, block.covariance)


def test_points_with_shots_of_their_own_have_a_group_of_their_own_and_no_block(job: Job) -> None:
    sampled = replace(result_of(3), std_errors=STD, options=RunOptions(seed=1, shots=9))
    chunk_record(running(job), start=0, result=sampled)
    rows = list(Measurement.objects.filter(job=job).order_by("row"))
    assert [row.shot_group for row in rows] == [f"{job.pk}:0", f"{job.pk}:1", ""]
    assert {row.covariance for row in rows} == {None}
