"""docs/security.md has every control with tests that exist: none is claimed without one."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
CONTROLS = 23
ROWS = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def found_in(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def test_every_control_of_the_design_has_its_row() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, CONTROLS + 1))


@pytest.mark.parametrize(("number", "control", "proof"), ROWS, ids=[row[0] for row in ROWS])
def test_a_row_names_tests_that_exist(number: str, control: str, proof: str) -> None:
    named = TEST.findall(proof)
    assert named, f"row {number} ({control[:40]}) names no test"
    assert proof.count("`tests/") == len(named), "each as `tests/….py::test_…`"
    missing = [f"{file}::{name}" for file, name in named if name not in found_in(file)]
    assert missing == []
    assert all(name.startswith("test_") for _, name in named)


def test_no_test_is_skipped_for_good() -> None:
    files = {file for _, _, proof in ROWS for file, _ in TEST.findall(proof)}
    assert not [file for file in files if "mark.skip(" in (ROOT / file).read_text(encoding="utf-8")]
