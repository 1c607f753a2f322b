"""``make run ARGS="--once --json"``: each demo from nothing to its report, in real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infra.dev.options import ROOT
from qtwin.projects.demo.ising import SOURCES as ISING_SOURCES
from qtwin.projects.demo.rydberg import SOURCES as RYDBERG_SOURCES
from qtwin.serve import folder

FAIL_ONE = """
import django
django.setup()
from django.utils import timezone
from qtwin.jobs.models import Job, State
job = Job.objects.filter(source_revision__source__name="hf").get()
Job.objects.filter(pk=job.pk).update(
    state=State.FAILED, reason_code="crashed", reason="Made to fail.", finished_at=timezone.now()
)
"""


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("QTWIN_")}


def run_once(data: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    """Run the runner to its end; its exit status, its report and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.dev", "--once", "--json", "--data-dir", str(data), *more],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("main-job")


@pytest.fixture(scope="module")
def report(data: Path) -> dict[str, Any]:
    status, document, said = run_once(data)
    assert status == 0, said
    return document


def test_every_source_has_measured_and_the_twin_has_taken_it_in(report: dict[str, Any]) -> None:
    assert {job["state"] for job in report["jobs"]} == {"succeeded"}
    measured = report["twin"]["evidence_by_source"]
    assert set(measured) == {"hf", "mp2", "ccsd", "fci", "vqe-ideal", "vqe-noisy"}
    assert report["twin"]["version"]["measurements"] == sum(measured.values())
    assert report["twin"]["claim"] == "calibrated"


def test_its_numbers_are_those_of_pyscf_and_of_the_literature(report: dict[str, Any]) -> None:
    score = report["score"]
    assert score["fci_at_0.7414"] == pytest.approx(-1.137270, abs=1e-6)
    assert all(difference < 1e-8 for difference in score["max_difference"].values())
    assert set(score["max_difference"]) == {"hf", "mp2", "ccsd"}


@pytest.mark.parametrize(("which", "bar_hartree"), [("all", 1e-3), ("without_ccsd", 5e-3)])
def test_the_twin_reaches_its_bars(report: dict[str, Any], which: str, bar_hartree: float) -> None:
    score = report["score"][which]
    assert score["points"] >= 60
    assert score["rmse_hartree"] <= bar_hartree
    assert score["coverage_95"] >= 0.9


def test_a_second_run_keeps_the_data_and_a_failed_job_is_exit_status_1(
    data: Path, report: dict[str, Any]
) -> None:
    env = folder.environment(data, "redis://nowhere")
    subprocess.run([sys.executable, "-c", FAIL_ONE], env=env, cwd=ROOT, check=True)
    status, document, said = run_once(data)
    assert status == 1
    assert "hf: failed. Made to fail." in said
    assert {job["id"] for job in document["jobs"]} == {job["id"] for job in report["jobs"]}
    assert document["twin"]["version"]["number"] == report["twin"]["version"]["number"]


@pytest.mark.slow
def test_the_ising_demo_reaches_its_bars_and_agrees_with_closed_forms(tmp_path: Path) -> None:
    status, document, said = run_once(tmp_path, "--demo", "ising")
    assert status == 0, said
    assert {job["state"] for job in document["jobs"]} == {"succeeded"}
    measured = document["twin"]["evidence_by_source"]
    assert set(measured) == {source["name"] for source in ISING_SOURCES}
    score = document["score"]
    assert score["all"]["rmse_dimensionless"] <= 1e-3
    assert score["all"]["coverage_95"] >= 0.9
    # Pfeuty (1970): -2 / sin(pi / 2N) at the critical point, here per site.
    assert score["ed_at_1"] == pytest.approx(-2 / np.sin(np.pi / 12) / 6, abs=1e-9)
    assert all(difference < 1e-8 for difference in score["max_difference"].values())


@pytest.mark.slow
def test_the_rydberg_demo_is_one_truth_of_analog_and_digital_machines(tmp_path: Path) -> None:
    """The exact points agree with SciPy's DOP853, and the twin does so without the best source."""
    status, document, said = run_once(tmp_path, "--demo", "rydberg")
    assert status == 0, said
    assert {job["state"] for job in document["jobs"]} == {"succeeded"}
    measured = document["twin"]["evidence_by_source"]
    assert set(measured) == {source["name"] for source in RYDBERG_SOURCES}
    score = document["score"]
    assert score["all"]["rmse_dimensionless"] <= 1e-3
    assert score["without_analog"]["rmse_dimensionless"] <= 1e-2
    assert min(score[which]["coverage_95"] for which in ("all", "without_analog")) >= 0.9
    assert score["max_difference"]["evolution"] < 1e-8
