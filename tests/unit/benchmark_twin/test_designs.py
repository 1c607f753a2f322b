"""The committed designs and the functions behind them, against published values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion.base import FloatArray, Role
from tests.benchmarks.twin.bars import Figure, judge
from tests.benchmarks.twin.case import references_of
from tests.benchmarks.twin.design import Design, read_designs
from tests.benchmarks.twin.kinds import KINDS, make_case
from tests.benchmarks.twin.literature import FUNCTIONS
from tests.benchmarks.twin.run import Task, carry_out
from tests.benchmarks.twin.sampling import nearest_rows
from tests.benchmarks.twin.summary import summarise

DESIGNS = read_designs()
SYNTHETIC = [design for design in DESIGNS.values() if design.kind == "function"]

OPTIMA = {  # point in the unit cube and value, as Surjanovic & Bingham's library gives them
    "forrester": ([0.757249], -6.02074),
    "branin": ([(np.pi + 5) / 15, 2.275 / 15], 0.397887),
    "hartmann3": ([0.114614, 0.555649, 0.852547], -3.86278),
    "park": ([1.0, 1.0, 1.0, 1.0], 25.5893),
    "currin": ([13 / 60, 1 / 44], 13.7987),
}


@pytest.mark.parametrize(("name", "known"), OPTIMA.items())
def test_the_highest_fidelity_has_its_published_optimum(
    name: str, known: tuple[list[float], float]
) -> None:
    x, value = known
    assert FUNCTIONS[name][0](np.array([x]))[0] == pytest.approx(value, abs=2e-3)


def test_the_borehole_has_the_flow_of_its_formula_at_the_middle_of_its_box() -> None:
    log = np.log(25050 / 0.1)
    resistance = 1 + 2 * 1400 * 89335 / (log * 0.1**2 * 10950) + 89335 / 89.55
    flow = 2 * np.pi * 89335 * (1050 - 760) / (log * resistance)
    assert FUNCTIONS["borehole"][0](np.full((1, 8), 0.5))[0] == pytest.approx(flow, rel=1e-12)


@pytest.mark.parametrize("design", SYNTHETIC, ids=lambda design: design.case)
def test_the_normaliser_is_the_spread_of_the_truth(design: Design) -> None:
    case = make_case(design, 0)
    assert case.truth.std() == pytest.approx(design.normaliser, rel=1e-5)
    assert len(case.observations.y) == sum(source.points for source in design.sources)
    assert np.all(case.observations.x >= 0)
    assert np.all(case.observations.x <= 1)


def test_every_design_names_a_kind_and_puts_its_reference_first() -> None:
    for design in DESIGNS.values():
        assert design.kind in KINDS
        assert [s.role is Role.REFERENCE for s in design.sources].index(True) == 0
        assert 1 <= design.quick_seeds <= design.seeds
        assert design.kind != "function" or design.seeds >= 20


def test_seeds_move_the_points_and_the_same_seed_does_not() -> None:
    first, again, other = (make_case(DESIGNS["branin"], seed).observations.x for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.any(first == other)


def test_no_row_of_a_table_is_taken_twice() -> None:
    grid: FloatArray = np.linspace(0, 1, 5)[:, None]
    rows = nearest_rows(np.full((3, 1), 0.5), grid, np.array([0, 1, 2, 4]))
    assert rows.tolist() == [2, 1, 0] or rows.tolist() == [2, 1, 4]


def test_a_run_is_scored_and_judged() -> None:
    design = replace(DESIGNS["half-wrong"], seeds=1)
    methods = ("qtwin", "references")
    found = summarise(carry_out(Task(design=design, method=m, seed=0)) for m in methods)
    own = found["half-wrong", "qtwin"]
    assert own.runs == 1
    assert 0 < own.rmse < design.normaliser
    assert own.nrmse == pytest.approx(own.rmse / design.normaliser)
    alone = references_of(make_case(design, 0).observations)
    assert len(alone.y) == design.sources[0].points
    against = judge({"half-wrong": design}, found)[0]
    assert against.value == own.nrmse
    assert against.most == pytest.approx(1.1 * found["half-wrong", "references"].nrmse)


def test_a_verdict_says_by_how_much_a_bar_is_missed() -> None:
    assert Figure(name="eagle coverage", value=0.95).held
    missed = Figure(name="eagle coverage", value=0.8)
    assert not missed.held
    assert missed.verdict.endswith("MISSED by 0.1")
    assert not Figure(name="branin RMSE", value=0.5, most=0.4).held
