"""What a chunk can see and reach."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.unit.workers.sandbox.asking import BACKENDS, ask
from workers.sandbox import Finished, Sandbox
from workers.sandbox.child import environment


def test_the_child_sees_an_empty_environment_and_folder(box: Sandbox) -> None:
    outcome = box.run(ask("describe"))
    assert isinstance(outcome, Finished)
    seen = outcome.result.provenance.details
    assert set(seen["environment"]) <= {
        "OMP_NUM_THREADS",
        "OPENBLAS_CORETYPE",
        "OPENBLAS_L2_SIZE",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "JE_ARROW_MALLOC_CONF",
    }
    assert "canary" not in seen["block"].lower()
    assert seen["files"] == []
    assert not os.path.exists(seen["folder"])
    assert seen["warmed_elsewhere"]
    assert seen["descriptors"] <= 5
    assert seen["threads"] == 1
    assert seen["nice"] == min(19, os.nice(0) + 10)
    assert seen["shares_session"], "else its share of the processor is one of its own"
    assert seen["web"] == []


def test_the_child_computes_by_the_kernel_of_blas_that_is_chosen_outside() -> None:
    outside = {"OPENBLAS_CORETYPE": "Haswell", "QTWIN_SECRET_KEY_FILE": "key", "PATH": "/bin"}
    inside = environment(outside)
    assert inside["OPENBLAS_CORETYPE"] == "Haswell"
    assert inside.keys() & outside.keys() == {"OPENBLAS_CORETYPE"}
    assert "OPENBLAS_CORETYPE" not in environment({})


def test_there_is_no_network_where_the_kernel_allows_that(box: Sandbox) -> None:
    if not box.isolation.network:
        pytest.skip("this kernel or user cannot make network namespaces")
    outcome = box.run(ask("connect"))
    assert isinstance(outcome, Finished)
    assert outcome.result.provenance.details["error"] == errno.ENETUNREACH


def test_the_child_sees_its_own_processes_only(box: Sandbox) -> None:
    if not box.isolation.processes:
        pytest.skip("this kernel or user cannot make process namespaces")
    outcome = box.run(ask("look_around"))
    assert isinstance(outcome, Finished), outcome
    seen = outcome.result.provenance.details
    assert seen["itself"]
    assert len(seen["processes"]) == 2
    assert os.getpid() not in seen["processes"]


def test_keys_and_data_are_out_of_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows").write_text("rows")
    (tmp_path / "key").write_text("key")
    monkeypatch.setenv("QTWIN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("QTWIN_SECRET_KEY_FILE", str(tmp_path / "key"))
    with Sandbox(backends=BACKENDS) as sandbox:
        if not sandbox.isolation.processes:
            pytest.skip("this kernel or user cannot make mount namespaces")
        outcome = sandbox.run(ask("read", token=str(tmp_path)))
    assert isinstance(outcome, Finished), outcome
    seen = outcome.result.provenance.details
    assert seen["data"] == []
    assert seen["key"] == ""
    assert (tmp_path / "key").read_text() == "key"
