"""``qtwin fuse`` as a user meets it: files in, files and sentences out."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from qtwin.client.main import main
from qtwin.fusion import fit_star
from qtwin.tables.data import read_data
from qtwin.tables.spec import read_spec
from tests.unit.client.fusing import small
from tests.unit.tables.bad_files import BAD, Bad
from tests.unit.tables.files import changed, write

Columns = dict[str, np.ndarray]


def command(paths: dict[str, str], *more: str) -> list[str]:
    files = ["--spec", paths["spec"], "--cov", paths["cov"], "--at", paths["points"]]
    return ["fuse", paths["data"], *files, *more]


def table(file: Path) -> Columns:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the small set, its predictions and its drawing."""
    folder = tmp_path_factory.mktemp("fuse")
    paths = write(folder)
    out, plot = str(folder / "out.csv"), str(folder / "out.svg")
    assert main(command(paths, "--out", out, "--plot", plot, "--seed", "3")) == 0
    return folder


def test_predictions_have_the_columns_that_are_documented(written: Path) -> None:
    names = ["dmrg", "fci", "mp2", "qpu"]
    assert list(table(written / "out.csv")) == [
        *["r", "mean", "std", "lo95", "hi95"],
        *["var_epistemic", "var_shot", "var_jitter", "var_hyper", "var_shared_bias"],
        *(f"var_bias_{name}" for name in names),
        *(f"share_{name}" for name in names),
    ]


def test_variances_sum_to_the_square_of_std_and_shares_to_one(written: Path) -> None:
    found = table(written / "out.csv")
    parts = sum(found[name] for name in found if name.startswith("var_"))
    assert_allclose(parts, found["std"] ** 2, rtol=1e-8)
    assert_allclose(sum(found[n] for n in found if n.startswith("share_")), 1.0, rtol=1e-8)
    assert np.all((found["lo95"] < found["mean"]) & (found["mean"] < found["hi95"]))


def test_the_command_says_bit_for_bit_what_the_model_says(written: Path) -> None:
    spec = read_spec(str(written / "spec.json"))
    data = read_data(str(written / "data.csv"), spec, covariances=str(written / "cov.csv"))
    said = fit_star(data.observations, seed=3).predict(np.array([[0.6], [1.1]]))
    found = table(written / "out.csv")
    assert_array_equal(found["mean"], said.mean)
    assert_array_equal(found["std"], said.std)
    assert_array_equal(found["hi95"], said.upper)
    assert_array_equal(found["var_bias_qpu"], said.budget["bias:qpu"])
    assert_array_equal(found["share_fci"], said.shares["fci"])


def test_the_drawing_is_xml_with_every_source_and_unit(written: Path) -> None:
    drawing = ET.parse(written / "out.svg")
    words = {"".join(text.itertext()) for text in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"r (angstrom)", "energy (hartree)", "dmrg", "fci", "mp2", "qpu"} <= words
    assert "nan" not in (written / "out.svg").read_text()


def test_the_order_of_rows_and_sources_changes_nothing(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head, *rows = (written / "data.csv").read_text().splitlines()
    named = [f"{row},{i}" for i, row in enumerate(rows, start=1)]
    order = np.random.default_rng(0).permutation(len(named))
    spec = json.loads((written / "spec.json").read_text())
    spec["sources"] = dict(reversed(spec["sources"].items()))
    data = "\n".join([f"{head},row", *(named[i] for i in order)])
    paths = write(tmp_path, data=data, spec=json.dumps(spec))
    assert main(command(paths, "--seed", "3", "--out", str(tmp_path / "out.csv"))) == 0
    capsys.readouterr()
    before, after = table(written / "out.csv"), table(tmp_path / "out.csv")
    for name, values in before.items():
        assert_allclose(after[name], values, rtol=1e-6, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("bad", BAD)
def test_wrong_files_are_one_sentence_and_status_2(
    tmp_path: Path, bad: Bad, capsys: pytest.CaptureFixture[str]
) -> None:
    file, old, new, place, sentence = bad
    paths = write(tmp_path, **{file: changed(file, old, new)})
    assert main(command(paths)) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"qtwin: {paths[file]}")
    assert place in said
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_a_refusal_is_a_document_with_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = small(tmp_path, ["exact,0,1,0", "exact,0.5,abc,0"])
    assert main(["fuse", paths["data"], "--spec", paths["spec"], "--at", paths["points"]]) == 2
    capsys.readouterr()
    more = ["--spec", paths["spec"], "--at", paths["points"], "--json"]
    assert main(["fuse", paths["data"], *more]) == 2
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["file"], error["line"], error["column"]) == (paths["data"], 3, 3)
    assert error["name"] == "value"


@pytest.mark.parametrize("flag", ["--out", "--plot"])
def test_a_file_that_cannot_be_written_is_refused_before_the_fit(
    tmp_path: Path, flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(write(tmp_path), flag, str(tmp_path / "none" / "f"))) == 2
    assert f"{flag}: " in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["-1", "1.5", "x", "99999999999"])
def test_a_wrong_seed_is_refused(
    tmp_path: Path, seed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(command(write(tmp_path), "--seed", seed))
    assert caught.value.code == 2
    assert "allowed: whole numbers from 0" in capsys.readouterr().err


def test_people_read_the_points_the_claim_and_the_warnings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"exact,{x},{x**2},0" for x in (0.1, 0.4, 0.6, 0.9)] + ["cheap,0.5,0.3,0"]
    paths = small(tmp_path, rows)
    assert main(["fuse", paths["data"], "--spec", paths["spec"], "--at", paths["points"]]) == 0
    said = capsys.readouterr().out
    assert "calibrated (student-t, nu = 3)" in said
    assert "source 'cheap' has one row" in said
    assert "source 'qpu' has no rows" in said
    assert "2 of 3 points outside the hull of the data, the first on line 2" in said
    assert "length scale in x" in said
    assert said.splitlines()[5] == "value: 5 measurements"  # without a unit
