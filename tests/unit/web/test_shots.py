"""What the page of a job shows of the circuit that ran and of what was counted."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from qtwin.accounts.models import Team, User
from qtwin.jobs import raws
from qtwin.jobs.models import Job
from qtwin.jobs.raws import raw_of_row, run_of_row
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.services import artifact_put, project_create, source_create
from qtwin.web.shots import records, shots_of
from tests.unit.jobs.stepping import take_steps

SHOTS = 500
BELL: dict[str, Any] = {
    "kind": "parametric_circuit",
    "schema_version": 1,
    "qasm": """OPENQASM 3.0;
include "stdgates.inc";
input float a;
qubit[2] q;
h q[0]; cx q[0], q[1]; rz(a) q[0];
""",
    "observables": [{"name": "zz", "pauli": {"ZZ": 1}}, {"name": "xx", "pauli": {"XX": 1}}],
    "controls": [{"name": "a", "label": "Angle", "unit": "rad", "lower": 0.0, "upper": 5.0}],
}


@pytest.fixture
def bell(team: Team, user: User) -> Job:
    """Two points of a Bell pair, read in two bases."""
    project = project_create(team=team, name="Bell", system=BELL, by=user)
    source = source_create(
        project=project, by=user, name="s", role="reference", backend="stim", method="circuit"
    )
    points = [[0.0], [1.5707963267948966]]
    spec = JobSpec(source=source, points=points, observables=["zz", "xx"], shots=SHOTS, seed=1)
    return take_steps(job_submit(project=project, spec=spec, by=user))


def shown(client: Client, job: Job, query: str = "") -> str:
    return client.get(f"/jobs/{job.pk}{query}").content.decode()


def test_counts_and_circuit_of_each_point(signed_in: Client, bell: Job) -> None:
    page = shown(signed_in, bell)
    assert "What was run" in page
    assert re.search(r'<option value="1">Angle 1.571 rad</option>', page)
    assert "basis XX" in page
    assert "Circuit of 2 qubits" in page
    assert "3 gates, depth 3" in page
    assert "π/2" not in page
    assert "π/2" in shown(signed_in, bell, "?point=1")


def test_bars_add_up_to_the_shots(bell: Job) -> None:
    for record in range(2):
        found = shots_of(bell, QueryDict(f"point=1&record={record}"))
        assert found is not None
        assert found.shots == SHOTS
        assert sum(row[1] for row in found.histogram.figure.sheets[0].rows) == SHOTS  # type: ignore[union-attr, misc]


def test_what_is_asked_for_wrongly_is_the_first_of_it(signed_in: Client, bell: Job) -> None:
    page = shown(signed_in, bell, "?point=99&record=77&order=x&top=-3&moment=1e9")
    assert page.count("<svg xmlns") == 2


def test_the_circuit_as_openqasm(signed_in: Client, bell: Job) -> None:
    answer = signed_in.get(f"/jobs/{bell.pk}/circuit.qasm?point=1")
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode().splitlines() == [
        "OPENQASM 3.0;", 'include "stdgates.inc";', "qubit[2] q;",
        "h q[0];", "cx q[0], q[1];", "rz(1.570796327) q[0];",
    ]  # fmt: skip


def test_all_outcomes_as_csv(signed_in: Client, bell: Job) -> None:
    text = signed_in.get(f"/jobs/{bell.pk}/counts.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(int(row["Count"]) for row in rows) == SHOTS
    assert all(len(row["Outcome"]) == 2 for row in rows)


def test_a_job_that_ran_no_circuit_has_none_to_show(signed_in: Client, job: Job) -> None:
    assert "What was run" not in shown(signed_in, job)
    take_steps(job)
    assert "What was run" not in shown(signed_in, job)
    assert signed_in.get(f"/jobs/{job.pk}/circuit.qasm").status_code == 404
    assert signed_in.get(f"/jobs/{job.pk}/counts.csv").status_code == 404


def test_a_payload_that_the_store_lost_or_that_is_too_large_is_not_shown(
    signed_in: Client, bell: Job, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws._row.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(raws, "MOST_BYTES", 100)
        page = shown(signed_in, bell)
        assert "too large to be shown here" in page
        assert "<svg xmlns" not in page
    settings.DATA_DIR = str(tmp_path)
    assert "is lost or damaged" in shown(signed_in, bell)


def test_the_circuit_stands_once_and_is_found_from_each_point(bell: Job) -> None:
    run = run_of_row(bell, 1)
    assert run is not None
    first, second = (raw_of_row(run, row) for row in (0, 1))
    assert first["circuit"] == second["circuit"]
    assert (first["angles"], second["angles"]) == ([0.0], [1.570796327])


def test_records_of_what_backends_keep() -> None:
    counts = {"01": 3}
    assert [one.label for one in records({"groups": [{"basis": "ZZ", "counts": counts}]})] == [
        "basis ZZ"
    ]
    found = records({"counts": counts, "missing": 2, "failed": 1})
    assert found[0].note == "Left out: shots 2 with an atom missing and 1 that failed."
    mitigated = {
        "circuits": [{"basis": "XX", "gain": 3, "counts": counts}],
        "calibration": [{"counts": counts}],
        "excited": [{"groups": [{"basis": "ZI", "counts": counts}]}],
    }
    assert [one.label for one in records(mitigated)] == [
        "basis XX, gain 3", "calibration, calibration", "state 1, basis ZI",
    ]  # fmt: skip
    assert records({"counts": {"01": "many"}, "groups": "none"}) == []


GATES: dict[str, Any] = {"qubits": 2, "gates": [["h", [0]]]}


PAYLOADS: list[Any] = [
    [1],
    {"raw": 5},
    {"raw": [None, None]},
    {"raw": ["counts", "x"]},
    {"raw": [{"circuit": {"qubits": 2}}]},
    {"raw": [{"circuit": {"qubits": 10**9, "gates": []}}]},
    {"raw": [{"circuit": {**GATES, "gates": [["h", [7]]]}}]},
    {"raw": [{"circuit": {**GATES, "gates": [["h"]]}}]},
    {"raw": [{"circuit": {**GATES, "gates": [["rz", [0], 3]]}, "angles": [0.1]}]},
    {"raw": [{"circuit": {**GATES, "gates": [["rz", [0], 0]]}, "angles": ["x"]}]},
    {"raw": [{"circuit": {**GATES, "gates": [["rz", [0], 0]]}, "angles": [float("inf")]}]},
    {"raw": [{"circuit": {**GATES, "gates": [["rz", [0], 0]]}, "angles": [10**400]}]},
    {"raw": [{"circuit": {**GATES, "more": "many"}}]},
    {"raw": [{"excited": [None]}]},
    {"raw": [{"excited": 3}]},
    {"raw": [{"circuit_of": 0, "counts": {"01": 10**400}}]},
    {"raw": [{"groups": [{"basis": {}, "counts": {"<script>": 3}}]}]},
]


@pytest.mark.parametrize("kept", PAYLOADS)
def test_a_payload_of_an_archive_may_be_anything(signed_in: Client, bell: Job, kept: Any) -> None:
    _keep_instead(bell, gzip.compress(json.dumps(kept).encode(), mtime=0))
    page = shown(signed_in, bell)
    assert "<script>" not in page.partition("What was run")[2]
    for name in ("circuit.qasm", "counts.csv"):
        assert signed_in.get(f"/jobs/{bell.pk}/{name}").status_code in (200, 404)


def test_an_outcome_of_an_archive_is_no_formula_in_a_spreadsheet(
    signed_in: Client, bell: Job
) -> None:
    counts = {'=HYPERLINK("https://example.org")': 2, "0,1": 1}
    _keep_instead(bell, gzip.compress(json.dumps({"raw": [{"counts": counts}]}).encode(), mtime=0))
    text = signed_in.get(f"/jobs/{bell.pk}/counts.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Outcome"] for row in rows] == ['\'=HYPERLINK("https://example.org")', "0,1"]


@pytest.mark.parametrize(
    "data", [b"", b"{}", gzip.compress(b"{}", mtime=0)[:-9], gzip.compress(b"[" * 9999, mtime=0)]
)
def test_a_payload_that_is_no_json_is_told_as_damaged(
    signed_in: Client, bell: Job, data: bytes
) -> None:
    _keep_instead(bell, data)
    assert "is lost or damaged" in shown(signed_in, bell)


def _keep_instead(job: Job, data: bytes) -> None:
    """Put other bytes in place of what the job's backend gave."""
    raws._row.cache_clear()
    made = artifact_put(project=job.project, kind="raw", data=data)
    job.runs.update(raw=made)
