"""Bars of the twin: on its cases, in a closed loop, and how long a fit takes."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.bars.bar import Bar

BY = "test_twin_cases.py::test_the_twin_on_its_cases"
GEOMETRIC_NRMSE = 0.065
COVERAGE = (0.93, 0.97)
WORST_COVERAGE = 0.88
AGAINST = 1.1
"""Times the error of the best other model."""
LITERATURE = ("forrester", "branin", "hartmann3", "borehole", "park", "currin")


def _bar(name: str, what: str, **limits: float | str) -> Bar:
    return Bar(name=name, what=what, by=BY, steady=True, **limits)  # type: ignore[arg-type]  # as Bar's fields


def _cases() -> Iterator[Bar]:
    for case in ("eagle", "eagle-networks"):
        yield _bar(f"{case} RMSE", "127-qubit data, RMSE", at_most=0.012)
        yield _bar(f"{case} coverage", "127-qubit data, coverage of 95 %", at_least=0.9)
    yield _bar("eagle rms z", "127-qubit data, rms z", at_least=0.7, at_most=1.3)
    for case, rmse, width in (("lih-5", 1.0, 9.0), ("lih-7", 0.3, 1.7)):
        yield _bar(f"{case} RMSE", "LiH, RMSE", at_most=rmse, unit="mHa")
        yield _bar(f"{case} coverage", "LiH, coverage of 95 %", at_least=0.9)
        yield _bar(f"{case} width", "LiH, mean width of 95 %", at_most=width, unit="mHa")
    low, high = COVERAGE
    yield _bar("quantum NRMSE", "quantum cases, geometric-mean NRMSE", at_most=GEOMETRIC_NRMSE)
    yield _bar("quantum coverage", "quantum cases, mean coverage", at_least=low, at_most=high)
    yield _bar("quantum worst", "quantum cases, worst coverage", at_least=WORST_COVERAGE)
    yield _bar("half-wrong NRMSE", "NRMSE against the same references alone",
               limit=f"<= {AGAINST} x theirs")  # fmt: skip
    yield _bar("half-wrong junk", "share of the junk source", at_most=0.1)
    for case in LITERATURE:
        yield _bar(f"{case} RMSE", "RMSE against the best library's",
                   limit=f"<= {AGAINST} x theirs")  # fmt: skip
        yield _bar(f"{case} NLPD", "NLPD against the best library's", limit="<= theirs")
        yield _bar(f"{case} coverage", "|coverage - 0.95| against the best library's",
                   limit="<= theirs")  # fmt: skip
    for case, most in (("scale-200", 5.0), ("scale-5000", 30.0)):
        yield _bar(case, "fit and 1000 points", at_most=most, unit="CPU s")
    yield _bar("stored page", "200 points from a stored fit", at_most=50, unit="ms")


_LOOP = "test_closed_loop.py::test_many_sources_reach_chemical_accuracy_at_half_the_cost_of_one"
_FIT = "test_twin.py::test_seconds_of_a_fit"

TWIN = (
    *_cases(),
    Bar(name="H4 error", what="closed loop, median error at a budget of 800", at_most=1.6,
        unit="mHa", by=_LOOP),
    Bar(name="H4 cost", what="closed loop, cost to 1.6 mHa / best single source", at_most=0.5,
        by=_LOOP),
    Bar(name="fit 120", what="fit of 120 measurements", at_most=5, unit="CPU s",
        by=f"{_FIT}[120]"),
    Bar(name="fit 200", what="fit of 200 measurements", at_most=5, unit="CPU s",
        by=f"{_FIT}[200]"),
    Bar(name="page", what="200 points from a fitted version", at_most=50, unit="ms",
        by="test_twin.py::test_milliseconds_of_a_pages_prediction"),
)  # fmt: skip
