"""What the panels of a project's page say, from fits of small evidence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Observable, Project
from qtwin.twins.models import TwinFit
from qtwin.twins.predictor import client as predictor
from qtwin.twins.selectors import twin_predict
from qtwin.web.moved import ticks_of
from qtwin.web.numbers import plain
from qtwin.web.panels import panels_shown
from qtwin.web.surface import times
from qtwin.web.versions import NoVersion, versions_shown, wanted_version
from tests.morse import truth

Measure = Callable[..., Measurement]
Fit = Callable[[], TwinFit]


@pytest.fixture
def energy(project: Project) -> Observable:
    return project.observables.get(name="energy")


@pytest.fixture
def two(measure: Measure, assimilated: Fit) -> None:
    """Two versions: three references in the middle, then one more, and a cheap source around."""
    for x in np.linspace(0.5, 2.3, 10):
        measure("hf", float(x), truth(float(x)) + 0.04)
    for x in (0.8, 1.2, 1.6):
        measure("fci", x, truth(x))
    assimilated()
    measure("fci", 2.0, truth(2.0))
    assimilated()


@pytest.mark.usefixtures("two")
def test_each_version_is_asked_once_for_its_curve_and_no_page_asks_again(
    client: Client,
    user: User,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    asked: list[dict[str, Any]] = []
    ask = predictor._quick.ask

    def counted(request: dict[str, Any]) -> dict[str, Any]:
        asked.append(request)
        return ask(request)

    predictor._trusted.cache_clear()
    monkeypatch.setattr(predictor._quick, "ask", counted)
    client.force_login(user)
    client.get(f"/projects/{project.pk}")
    curves = [one["path"] for one in asked if one.get("trust")]
    assert len(curves) == len(set(curves)) == 2
    asked.clear()
    with django_assert_max_num_queries(40):
        client.get(f"/projects/{project.pk}")
    assert not asked


def test_the_strip_says_what_each_part_rests_on(
    project: Project, energy: Observable, two: None
) -> None:
    trust = panels_shown(project, energy, None)["trust"]
    assert [part.standing for part in trust.parts] == [
        "extrapolated",
        "interpolated",
        "calibrated",
        "interpolated",
        "extrapolated",
    ]
    ends = [part.where.removesuffix(" Å").split(" to ") for part in trust.parts]
    assert [float(low) for low, _ in ends] == pytest.approx([0.3, 0.5, 0.8, 2.0, 2.3], abs=0.02)
    assert float(ends[-1][1]) == 2.5
    widths = [float(part.width.rstrip("%")) for part in trust.parts]
    assert sum(widths) == pytest.approx(100.0, abs=0.01)
    assert [row[1] for row in trust.legend] == ["Calibrated", "Interpolated", "Extrapolated"]
    assert sum(tick.reference for tick in trust.ticks) == 4
    assert trust.sentence.startswith("Of the range, 5")
    assert trust.parts[2].farthest == "0.2 Å"


def test_the_diagram_counts_each_reference_in_the_intervals_that_hold_it(
    project: Project, energy: Observable, two: None
) -> None:
    told = panels_shown(project, energy, None)["reliability"]
    assert (told.references, len(told.rows), len(told.levels)) == (4, 4, 10)
    assert sum(bar.count for bar in told.bars) == 4
    last = told.levels[-1]
    assert (last.nominal, last.of) == ("95 %", 4)
    assert f"{last.held} of 4 lie within their 95 % interval" in told.sentence
    assert last.x == "272.0"  # 44 + 0.95 * 240


def test_versions_are_shown_as_they_were(
    client: Client, user: User, project: Project, energy: Observable, two: None
) -> None:
    shown = versions_shown(project, energy, None)
    assert shown is not None
    assert (shown.number, shown.first, shown.latest) == (2, 1, 2)
    assert (shown.earlier, shown.later, shown.pinned) == (1, None, False)
    assert [line.what for line in shown.lines] == ["+1", "first fit"]
    assert shown.lines[0].moved.endswith("σ")
    assert wanted_version(project, energy, "1") == 1
    for text in ("3", "x", "0", "-1", "9" * 30):
        with pytest.raises(NoVersion, match="allowed: 1 to 2"):
            wanted_version(project, energy, text)

    client.force_login(user)
    latest = client.get(f"/projects/{project.pk}").content.decode()
    assert 'id="pinned" data-live></div>' in latest
    assert "What version 2 changed" in latest
    first = client.get(f"/projects/{project.pk}?version=1").content.decode()
    assert "This is version 1 of 2" in first
    assert "twin/curve?observable=energy&amp;version=1" in first
    assert "What version 2 changed" not in first
    assert "Calibrated on 3 reference points" in first
    assert f"/projects/{project.pk}/twin.svg?observable=energy&amp;version=1" in first
    there = client.get(f"/projects/{project.pk}?at=0.7414").content.decode()
    assert "the truth lies from −1" in there
    assert "at 0.7414 Å:" in there
    missing = client.get(f"/projects/{project.pk}?version=7").content.decode()
    assert "There is no version 7; allowed: 1 to 2. The latest is shown." in missing
    assert "Calibrated on 4 reference points" in missing


def test_the_move_of_a_curve_is_that_of_its_predictions(
    client: Client, user: User, project: Project, energy: Observable, two: None
) -> None:
    moved = panels_shown(project, energy, None)["moved"]
    assert panels_shown(project, energy, 1)["moved"] is None
    assert len(moved.rows) == 11
    grid = [[0.3 + 0.22 * step] for step in range(11)]
    old, new = (twin_predict(project, "energy", grid, version=number) for number in (1, 2))
    for i, (x, sigmas, by, ratio) in enumerate(moved.rows):
        change = new["mean"][i] - old["mean"][i]
        assert float(x) == pytest.approx(grid[i][0])
        assert float(sigmas.replace("−", "-")) == pytest.approx(change / old["std"][i], abs=0.006)
        assert float(ratio[:-2]) == pytest.approx(100 * new["std"][i] / old["std"][i], abs=0.6)
        if "×" not in by:
            assert float(by.replace("−", "-")) == pytest.approx(change, rel=0.06)
    client.force_login(user)
    assert "How the curve moved" in client.get(f"/projects/{project.pk}").content.decode()


@pytest.mark.usefixtures("whole_fits")
def test_what_disagrees_is_named_and_without_a_twin_there_are_no_panels(
    client: Client, user: User, project: Project, measure: Measure, assimilated: Fit
) -> None:
    energy = project.observables.get(name="energy")
    assert panels_shown(project, energy, None) == {"versions": None}
    for x in np.linspace(0.4, 2.4, 9):
        measure("fci", float(x), truth(float(x)))
    for x in np.linspace(0.4, 2.4, 12):
        measure("vqe-ideal", float(x), truth(float(x)), 0.002, mixed_value=-0.5)
    measure("vqe-ideal", 1.33, truth(1.33) + 0.04, 0.002, mixed_value=-0.5)
    assimilated()
    first = panels_shown(project, energy, None)["disagreements"][0]
    assert (first.label, first.what) == ("VQE, ideal simulator", "at 1.33 Å")
    assert "where all others say" in first.said
    assert float(first.by.removesuffix(" σ")) > 3
    client.force_login(user)
    body = client.get(f"/projects/{project.pk}").content.decode()
    assert "What disagrees" in body
    assert first.said in body


def test_a_time_is_known_by_its_unit_or_by_the_state_that_evolves(project: Project) -> None:
    assert times(project) == []
    project.system = {**project.system, "state": {"kind": "evolved", "time": "bond_length"}}
    assert times(project) == ["bond_length"]
    project.system = {}
    project.controls.update(unit="us")
    assert times(project) == ["bond_length"]


def test_an_axis_says_where_its_ticks_are() -> None:
    for reach in range(3, 13):
        ticks = ticks_of(float(reach))
        assert [float(plain(tick, 0).replace("−", "-")) for tick in ticks] == ticks
        assert max(ticks) < reach
