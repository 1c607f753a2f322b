"""The tables of docs/sources.md and docs/systems.md say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends import registry, selection, systems
from backends.schema import Experiment, RunOptions
from backends.selection.accuracy import Accuracy, accuracy
from backends.systems import QubitSystem
from tests.docs.fences import blocks

DOCS = Path(__file__).resolve().parents[2] / "docs"
SOURCES = (DOCS / "sources.md").read_text()
SYSTEMS = (DOCS / "systems.md").read_text()
EXAMPLES = [json.loads(block) for block in blocks("systems.md", "json")]
PLAIN = [name for name in registry.names() if "+" not in name]
LETTERS = {accuracy.name[0]: accuracy for accuracy in Accuracy}


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def rows(page: str, title: str) -> list[list[str]]:
    """Cells of the first table of a section, its header first."""
    lines = [line for line in section(page, title).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if not set(row[0]) <= {"-"}]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


METHODS = {
    method: dict(zip(rows(SOURCES, "Methods and backends")[0], row, strict=True))
    for row in rows(SOURCES, "Methods and backends")[1:]
    for method in names(row[0])
}


def test_the_table_of_methods_is_that_of_the_registry() -> None:
    written = {
        (method, names(column)[0]): LETTERS[cell]
        for method, row in METHODS.items()
        for column, cell in row.items()
        if names(column) and cell
    }
    registered = {
        (method, name): accuracy(name, method, {})
        for name in PLAIN
        for method in registry.get(name).capabilities.methods
    }
    assert written == registered


def asks(system: systems.System) -> str:
    """The word for what a document asks, as the table says it."""
    if not isinstance(system, QubitSystem):
        return "molecule"
    return {"Prepared": "circuit"}.get(type(system.state).__name__, type(system.state).__name__)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: str(e["kind"]))
def test_a_method_that_answers_an_example_is_said_to(example: dict[str, Any]) -> None:
    system = systems.load(example)
    point = [[control.upper for control in system.controls]]
    experiment = Experiment(
        system=example,
        method="auto",
        settings={},
        controls=tuple(control.name for control in system.controls),
        points=np.array(point).reshape(1, len(system.controls)),
        observables=((example.get("observables") or [{"name": "energy"}])[0]["name"],),
    )
    every = selection.options(experiment, RunOptions())
    able = {option.method for option in every if option.cost is not None}
    assert able
    assert {m for m in able if asks(system).lower() not in METHODS[m]["answers"]} == set()


def test_the_methods_of_a_state_are_those_of_the_table() -> None:
    for entry, *_, methods in rows(SYSTEMS, "state")[1:]:
        kind = json.loads("{" + names(entry)[0].split(",")[0].strip("{}") + "}")["kind"]
        assert set(names(methods)) == {
            method for method, row in METHODS.items() if kind in row["answers"]
        }


@pytest.mark.parametrize("name", registry.names())
def test_every_knob_and_setting_is_documented(name: str) -> None:
    able = registry.get(name).capabilities
    for word in (*(knob for knob, *_ in able.knobs), *(setting for setting, _ in able.settings)):
        assert f"`{word}`" in SOURCES


BOUNDS = rows(SYSTEMS, "units and bounds")[1:]


def bounds(text: str, qubits: int) -> tuple[float | None, float | None]:
    if text == "any":
        return None, None
    if text == "0 or more":
        return 0.0, None
    low, high = text.replace("−", "-").split(" to ")
    entropy = qubits // 2 * np.log(2)
    return float(low), entropy if high == "⌊n/2⌋ ln 2" else float(high)


def applies(cell: str, system: systems.System) -> bool:
    """Whether a row's second column is about a system."""
    if names(cell):
        return system.kind in names(cell)
    molecule = not isinstance(system, QubitSystem)
    if cell == "all but circuits":
        return system.kind != "parametric_circuit"
    if molecule:
        return cell == "ground states"
    return asks(system).lower() in cell


def documented(name: str, system: systems.System) -> list[str]:
    (row,) = (row for row in BOUNDS if name in names(row[0]) and applies(row[1], system))
    return row


SITES = [e | {"site_densities": True} for e in EXAMPLES if e["kind"] == "rydberg_array"]


@pytest.mark.parametrize("example", EXAMPLES + SITES, ids=lambda e: str(e["kind"]))
def test_every_observable_has_the_unit_and_the_bounds_that_are_written(
    example: dict[str, Any],
) -> None:
    system = systems.load(example)
    own = {entry["name"] for entry in example.get("observables", ())}
    energies = {"molecule": "hartree", "rydberg_array": "rad/us"}
    for spec in system.observables:
        if spec.name in own:
            continue
        name = re.sub(r"^density_\d+$", "density_0", spec.name)
        _, _, unit, span, variational = documented(name, system)
        energy = example.get("unit", energies.get(system.kind, "dimensionless"))
        assert spec.unit == (energy if unit == "energy" else unit)
        low, high = bounds(span, getattr(system, "qubits", 0))
        assert (spec.lower, spec.upper) == (low, high if high is None else pytest.approx(high))
        ground = asks(system) in {"molecule", "Ground"}
        assert spec.variational == (variational == "in the ground state" and ground)


def test_no_observable_is_written_that_no_example_has() -> None:
    there = {spec.name for e in EXAMPLES + SITES for spec in systems.load(e).observables}
    assert {name for row in BOUNDS for name in names(row[0])} <= there
