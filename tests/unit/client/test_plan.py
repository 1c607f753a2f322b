"""``qtwin plan`` as a user meets it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from qtwin.client.main import main
from qtwin.fusion.planner import Plan
from tests.docs.fences import blocks
from tests.unit.client.fusing import SMALL, small
from tests.unit.tables.files import write

DOCS = Path(__file__).resolve().parents[3] / "docs"
SPEC: dict[str, Any] = {
    "controls": [{"name": "x", "bounds": [0, 1]}],
    "observable": {"name": "value", "unit": "J"},
    "sources": {
        "exact": {"role": "reference", "cost": 100},
        "cheap": {"role": "approximation", "cost": 1},
        "qpu": {
            "role": "device",
            "mixed_value": 0,
            "knobs": {"noise_gain": {"limit": 0}},
            "cost": {"per_run": 2, "per_shot": 0.01},
        },
    },
}
HEAD = "source,x,value,std,shots,noise_gain\n"
ROWS = [
    *("exact,0,1.0,0,,", "exact,0.5,0.4,0,,", "exact,1,0.9,0,,"),
    *("cheap,0,1.1,0,,", "cheap,0.3,0.65,0,,", "cheap,0.6,0.5,0,,", "cheap,0.9,0.85,0,,"),
    *("qpu,0.1,0.7,0.02,1000,1", "qpu,0.4,0.4,0.02,1000,1", "qpu,0.8,0.5,0.02,1000,1"),
    *("qpu,0.1,0.5,0.02,1000,2", "qpu,0.4,0.3,0.02,1000,2", "qpu,0.8,0.4,0.02,1000,2"),
]

Refused = Callable[..., str]


def files(folder: Path, *, rows: list[str] = ROWS, spec: Any = SPEC) -> list[str]:
    """Arguments of a plan."""
    data = HEAD + "\n".join(rows) + "\n"
    paths = write(folder, spec=json.dumps(spec), data=data, cov=None, points="x\n0.2\n0.7\n")
    return ["plan", paths["data"], "--spec", paths["spec"]]


def test_a_plan_is_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*files(tmp_path), "--budget", "130", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    found = Plan.from_dict(document)
    assert 0.0 < found.cost <= 130.0
    prices = {"exact": 100.0, "cheap": 1.0}
    for step in found.steps:
        assert step.cost == prices.get(step.source, 2.0 + 0.01 * (step.shots or 0))
        assert (step.shots in {250, 1000, 4000}) == (step.source == "qpu")
        assert ("noise_gain" in step.knobs) == (step.source == "qpu")
        assert " J → " in step.why


def test_a_plan_is_a_table_with_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*files(tmp_path), "--budget", "130", "--batch", "2"]) == 0
    text = capsys.readouterr().out
    assert re.search(r"^ +source +x .*cost +σ after$", text, re.MULTILINE)
    assert len(re.findall(r"^[12]\. σ of the curve ", text, re.MULTILINE)) == 2
    assert "references alone" in text


@pytest.mark.parametrize("unit", ["dimensionless", "1"])
def test_a_pure_number_has_no_unit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], unit: str
) -> None:
    spec = {**SPEC, "observable": {"name": "value", "unit": unit}}
    assert main([*files(tmp_path, spec=spec), "--budget", "130", "--target", "1e-9"]) == 0
    text = capsys.readouterr().out
    number = r"\d[\d.e-]*"
    assert re.search(rf"^1\. σ of the curve {number} → {number} for ", text, re.MULTILINE)
    assert re.search(rf"^value: σ {number} → {number} for ", text, re.MULTILINE)
    assert re.search(rf"^to the end of the plan: σ {number}, ", text, re.MULTILINE)
    assert "the target of 1e-09 is not reached by this plan" in text


def test_runs_are_planned_where_they_are_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = [*files(tmp_path), "--at", str(tmp_path / "points.csv"), "--budget", "130", "--json"]
    assert main(line) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert {step["at"][0] for step in steps} <= {0.2, 0.7}


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """What a wrong call says on standard error."""

    def call(*more: str, points: str | None = None, **changed: Any) -> str:
        line = files(tmp_path, **changed)
        if points is not None:
            place = tmp_path / "places.csv"
            place.write_text(points)
            more = (*more, "--at", str(place))
        try:
            status = main([*line, *more])
        except SystemExit as stop:  # argparse
            status = int(str(stop.code))
        assert status == 2
        return capsys.readouterr().err

    return call


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "one of --budget B and --target S is needed"),
        (("--budget", "-1"), "argument --budget: '-1'; allowed: a finite number above 0"),
        (("--target", "nan"), "argument --target: 'nan'; allowed: a finite number above 0"),
        (("--budget", "1", "--batch", "0"), "argument --batch: '0'; allowed: whole numbers from 1"),
        (("--budget", "1", "--goal", "x"), "invalid choice: 'x'"),
    ],
)
def test_wrong_arguments_are_named(refused: Refused, more: tuple[str, ...], said: str) -> None:
    assert said in refused(*more)


def test_wrong_files_are_named(refused: Refused) -> None:
    goal = ("--budget", "10")
    said = refused(*goal, rows=[*ROWS, "qpu,0.2,0.5,0.02,0,1"])
    assert "line 15, column 5 (shots): '0'; allowed: a number of shots from 1" in said
    said = refused(*goal, points="x\n0.5\n1.5\n")
    assert "line 3, column 1 (x): '1.5'; allowed: 0.0 to 1.0, the bounds in the spec" in said
    said = refused(*goal, points="x,weight\n0.5,-1\n")
    assert "(weight): '-1'; allowed: a number from 0" in said
    free = {**SPEC, "sources": {n: {"role": "reference"} for n in ("exact", "cheap", "qpu")}}
    assert "no source has a cost" in refused(*goal, spec=free, rows=["exact,0,1,0,,"])


def test_a_price_per_shot_needs_shots(refused: Refused) -> None:
    sources = {**SPEC["sources"], "qpu": {**SPEC["sources"]["qpu"], "cost": {"per_shot": 1}}}
    rows = [row.replace(",1000,", ",,") for row in ROWS]
    said = refused("--budget", "10", spec={**SPEC, "sources": sources}, rows=rows)
    assert "source 'qpu' has a price per shot only, and no known number of shots" in said


@pytest.mark.parametrize(
    "rows",
    [
        ["exact,0.5,1,0"],
        ["cheap,0.5,1,0"],
        ["qpu,0.5,1,0.1"],
        ["exact,0.5,1,0", "cheap,0.5,1,0", "qpu,0.5,1,0.1"],
        [f"exact,{x},3,0" for x in (0, 0.5, 1)],
        [f"exact,{x},{x}e12,0" for x in (0, 0.5, 1)] + ["cheap,0.3,1e12,0"],
        [f"exact,{x},{x}e-12,0" for x in (0, 0.5, 1)] + ["cheap,0.3,1e-12,0"],
    ],
)
def test_little_data_give_a_sound_plan(
    rows: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prices = {"exact": 100, "cheap": 1, "qpu": 10}
    spec = deepcopy(SMALL)
    for name, price in prices.items():
        spec["sources"][name]["cost"] = price
    paths = small(tmp_path, rows, spec)
    line = ["plan", paths["data"], "--spec", paths["spec"], "--budget", "250", "--json"]
    assert main(line) == 0
    found = Plan.from_dict(json.loads(capsys.readouterr().out))
    assert found.steps
    assert found.sigma_after <= 1.01 * found.sigma_before
    if not any(row.startswith("exact") for row in rows):
        assert found.steps[0].source == "exact"


def test_the_page_shows_what_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (page,) = blocks("plan.md", "console")
    line = re.search(r"^\$ qtwin (plan .*)$", page, re.MULTILINE)
    assert line is not None
    monkeypatch.chdir(DOCS / "examples" / "h2")
    assert main(line[1].split()) == 0
    printed = capsys.readouterr().out
    runs = r"^[123]  (\w+) "  # numbers move with each version of the model, the kind of run less
    assert re.findall(runs, page, re.MULTILINE) == re.findall(runs, printed, re.MULTILINE)
    assert printed.splitlines()[0] in page
