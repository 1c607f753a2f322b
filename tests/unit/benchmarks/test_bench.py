"""What ``make bench`` prints of bars that are held, missed and not run."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.dev.options import ROOT
from tests.benchmarks.bars import report
from tests.benchmarks.bars.alone import measure
from tests.benchmarks.bars.catalogue import PARTS, bars
from tests.benchmarks.bars.earlier import Unlike, earlier
from tests.benchmarks.bars.record import Record, Row, Verdict
from tests.benchmarks.twin.bars import judge
from tests.benchmarks.twin.design import read_designs
from tests.benchmarks.twin.methods import METHODS
from tests.benchmarks.twin.summary import Summary

FACTS: dict[str, Any] = {
    "commit": "abc+", "started_at": "2026-01-01T00:00:00+00:00", "seconds": 1.0,
    "machine": {"cpu": "a", "cores": 2, "memory_gib": 8.0, "system": "b", "load": [0.5, 0, 0]},
    "versions": {"numpy": "2.0"},
}  # fmt: skip


def test_a_missed_bar_hides_no_other() -> None:
    record = Record()
    assert record.add("12", 0.31).verdict is Verdict.MISSED
    assert record.add("3", 0.02, note="a note").verdict is Verdict.HELD
    assert record.add("1 short", float("nan")).verdict is Verdict.MISSED
    record.ended("test_web.py", "failed: no such module")
    record.leave_out("eagle RMSE", "no table")
    rows = {row.bar.name: row for row in record.rows()}
    assert list(rows) == list(bars())
    assert rows["11 memory"].note == "failed: no such module"
    assert rows["eagle RMSE"].note == "no table"
    assert rows["2"].note == "not selected"
    text = report.table(rows.values(), FACTS)
    assert re.search(r"^12 +second noisy .* 0\.31 +<= 0\.3 +MISSED$", text, re.MULTILINE)
    assert re.search(r"^3 +preparing .* 0\.02 +<= 0\.02 +HELD +a note$", text, re.MULTILINE)
    assert re.search(r"^11 memory .* <= 1\.5 +NOT RUN failed: no such module$", text, re.MULTILINE)
    assert text.endswith(f"1 of 3 bars held (33 %), {len(rows) - 3} not run\n")
    assert "numpy 2.0" in text


def test_the_document_says_the_same_in_json() -> None:
    record = Record()
    record.add("4 SQLite", 0.2)
    record.add("branin RMSE", 1.0, at_most=2.0)
    document = json.loads(json.dumps(report.document(record.rows(), FACTS)))
    found = {row["name"]: row for row in document["bars"]}
    assert (found["4 SQLite"]["verdict"], found["4 SQLite"]["at_least"]) == ("MISSED", 0.25)
    assert (found["branin RMSE"]["verdict"], found["branin RMSE"]["at_most"]) == ("HELD", 2.0)
    assert (found["2"]["verdict"], found["2"]["value"]) == ("NOT RUN", None)
    assert document["machine"]["cores"] == 2


def test_a_limit_is_the_catalogues_unless_it_is_known_only_in_the_run() -> None:
    with pytest.raises(ValueError, match="has its limit in the catalogue"):
        Record().add("3", 0.5, at_most=1.0)


def test_every_bar_is_measured_by_a_test_that_exists_and_explained_in_the_documentation() -> None:
    page = (ROOT / "docs" / "bench.md").read_text()
    for bar in bars().values():
        file, _, test = bar.by.partition("::")
        tree = ast.parse((ROOT / "tests" / "benchmarks" / file).read_text())
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert test.partition("[")[0] in names
        assert bar.allowed
        assert f"`{bar.name}`" in page or any(
            re.fullmatch(family, bar.name) for family in _families(page)
        ), bar.name
    assert sum(map(len, PARTS.values())) == len(bars())


def _families(page: str) -> list[str]:
    """Names such as ``lih-* RMSE``, which stand for several rows."""
    return [
        re.escape(name).replace(r"\*", r"\S+") for name in re.findall(r"`([^`\n]*\*[^`\n]*)`", page)
    ]


def test_the_twins_bars_are_those_of_its_cases() -> None:
    designs = read_designs()
    shares = {"junk": 0.0}
    numbers: dict[str, Any] = dict.fromkeys(
        ("rmse", "nrmse", "nlpd", "crps", "coverage", "width", "rms_z"), 0.5
    )
    found = {
        (case, method): Summary(case=case, method=method, runs=1, trust=shares, **numbers)
        for case in designs
        for method in METHODS
    }
    scale = replace(found["scale-200", "qtwin"], page_ms=1.0)
    judged = judge(designs, {**found, ("scale-200", "qtwin"): scale})
    expected = {bar.name for bar in PARTS["twin"] if bar.by.startswith("test_twin_cases")}
    assert {figure.name for figure in judged} == expected
    assert len(judged) == len(expected)


def _kept(tmp_path: Path, **facts: Any) -> Path:
    record = Record()
    record.add("4 SQLite", 0.2, note="a note")
    record.add("branin RMSE", 1.0, at_most=2.0)
    path = tmp_path / "bench.json"
    path.write_text(json.dumps(report.document(record.rows(), {**FACTS, **facts})))
    return path


def test_a_run_goes_on_where_an_earlier_one_was_cut_off(tmp_path: Path) -> None:
    rows, runs = earlier(_kept(tmp_path, commit="abc"), {**FACTS, "commit": "abc"})
    record = Record()
    record.go_on(rows)
    drain = "test_throughput.py::test_jobs_and_points_against_raw_celery[SQLite]"
    assert not record.measured_before(drain), "5 SQLite is missing"
    record.go_on([*rows, *(row for row in rows_of({"5 SQLite": 31.0}))])
    assert record.measured_before(drain)
    assert not record.measured_before("test_web.py::test_no_bar")
    record.add("5 SQLite", 29.0)
    found = {row.bar.name: row for row in record.rows()}
    assert (found["4 SQLite"].value, found["4 SQLite"].note) == (0.2, "a note")
    assert (found["branin RMSE"].verdict, found["5 SQLite"].value) == (Verdict.HELD, 29.0)
    text = report.table(found.values(), {**FACTS, "earlier": runs})
    assert text.count("2026-01-01T00:00:00+00:00, 1 s") == 2


def rows_of(values: dict[str, float]) -> list[Row]:
    record = Record()
    return [record.add(name, value) for name, value in values.items()]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"commit": "abd"}, "another commit: abc; now it is abd"),
        ({"versions": {"numpy": "2.1"}}, "another versions"),
        ({"machine": {**FACTS["machine"], "cpu": "c"}}, "another cpu: a; now it is c"),
    ],
)
def test_it_goes_on_with_nothing_that_was_measured_otherwise(
    now: dict[str, Any], said: str, tmp_path: Path
) -> None:
    path = _kept(tmp_path, commit="abc")
    with pytest.raises(Unlike, match=said):
        earlier(path, {**FACTS, "commit": "abc", **now})
    with pytest.raises(Unlike, match="commit, or begin anew"):
        earlier(_kept(tmp_path), FACTS)
    with pytest.raises(Unlike, match="no earlier run"):
        earlier(tmp_path / "none.json", FACTS)


def test_a_file_whose_process_dies_takes_no_other_with_it(tmp_path: Path) -> None:
    dying = tmp_path / "test_dying.py"
    dying.write_text("import os\n\n\ndef test_it():\n    os.kill(os.getpid(), 9)\n")
    record = Record()
    record.add("3", 0.01)
    assert measure(str(dying), ["-p", "no:cacheprovider"], record) == -9
    assert next(row for row in record.rows() if row.bar.name == "3").value == 0.01


def test_what_one_process_found_is_added_to_what_others_did() -> None:
    record, other = Record(), Record()
    record.add("3", 0.01)
    other.add("12", 0.2)
    other.leave_out("2", "no broker")
    other.ended("test_web.py", "failed: no such module")
    record.take(other)
    found = {row.bar.name: row for row in record.rows()}
    assert (found["3"].value, found["12"].value) == (0.01, 0.2)
    assert (found["2"].note, found["11 memory"].note) == ("no broker", "failed: no such module")


def test_a_missed_bar_is_looked_at_again_and_both_figures_are_told() -> None:
    first, second = Record(), Record()
    first.add("4 SQLite", 0.2, note="of 900 messages/s")
    first.add("5 SQLite", 31.0)
    first.add("branin RMSE", 3.0, at_most=2.0)
    (test,) = first.unsteady()
    assert test == bars()["4 SQLite"].by, "what a fit finds depends on no other load"
    second.add("4 SQLite", 0.26, note="of 950 messages/s")
    second.add("5 SQLite", 29.0)
    first.look_again(second)
    rows = {row.bar.name: row for row in first.rows() if row.value is not None}
    assert rows["4 SQLite"].verdict is Verdict.HELD
    assert rows["4 SQLite"].note == "of 950 messages/s; at first 0.2"
    assert rows["5 SQLite"].value == 31.0, "it was held"
    assert rows["branin RMSE"].value == 3.0
    second.add("4 SQLite", 0.1)
    worse = Record()
    worse.add("4 SQLite", 0.2)
    worse.look_again(second)
    (row,) = (row for row in worse.rows() if row.value is not None)
    assert (row.value, row.note) == (0.1, "at first 0.2"), "the second figure counts"


@pytest.mark.slow
@pytest.mark.parametrize("given", [[], ["--strict"]])
def test_a_run_of_some_tests_ends_with_the_table(given: list[str], tmp_path: Path) -> None:
    """Only --strict makes a missed bar, or one that was not run, an exit status."""
    beside = tmp_path / "found.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--json", beside, *given, "-k", "built_once",
         "tests/benchmarks/test_circuits.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == bool(given), done.stdout + done.stderr
    assert done.stdout.rstrip().endswith(str(beside))
    found = {row["name"]: row for row in json.loads(beside.read_text())["bars"]}
    assert found["3 noise"]["verdict"] in {"HELD", "MISSED"}
    assert found["3"]["note"] == "not selected"
