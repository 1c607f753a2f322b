"""Every bar that `make bench` prints, part by part, in the order of the design."""

from __future__ import annotations

from functools import partial

from tests.benchmarks.bars.bar import Bar
from tests.benchmarks.bars.of_pages import PAGES
from tests.benchmarks.bars.of_twin import TWIN
from tests.benchmarks.bars.of_worlds import WORLDS

_drain = "test_throughput.py::test_jobs_and_points_against_raw_celery"
_direct = "test_circuits.py::test_a_sweep_as_one_job_against_the_direct_call"
_chosen = partial(
    Bar, by="test_selection.py::test_the_chosen_source_is_right_and_nearly_the_quickest"
)
_estimate = partial(Bar, by="test_selection.py::test_estimates_are_within_a_factor_of_two")
_many = partial(Bar, by="test_many_jobs.py::test_lists_and_counters_of_a_million_jobs")
_web = partial(Bar, by="test_web.py::test_the_web_process_against_bare_django")

PERFORMANCE = (
    Bar(name="1 short", what="200-point sweep as a job / the call, 0.1 s of work, CPU",
        at_most=1.35, by=f"{_direct}[short]"),
    Bar(name="1 long", what="200-point sweep as a job / the call, 2 s of work, CPU",
        at_most=1.05, by=f"{_direct}[long]"),
    Bar(name="2", what="200 points as one job / as 200 jobs, per second", at_least=15,
        by="test_throughput.py::test_a_sweep_as_one_job_against_many"),
    Bar(name="3", what="preparing the second job of a structure / the first, CPU", at_most=1 / 50,
        by="test_circuits.py::test_preparing_a_structure_again"),
    Bar(name="3 noise", what="noise model of 8 qubits again / first, CPU", at_most=1 / 50,
        by="test_circuits.py::test_the_noise_of_eight_qubits_is_built_once"),
    Bar(name="4 SQLite", what="jobs / empty messages of raw Celery, per second", at_least=0.25,
        by=f"{_drain}[SQLite]"),
    Bar(name="4 PostgreSQL", what="jobs / empty messages of raw Celery, per second", at_least=0.20,
        by=f"{_drain}[PostgreSQL]"),
    Bar(name="5 SQLite", what="points of 1000-point jobs / empty messages, per second",
        at_least=30, by=f"{_drain}[SQLite]"),
    Bar(name="5 PostgreSQL", what="points of 1000-point jobs / empty messages, per second",
        at_least=30, by=f"{_drain}[PostgreSQL]"),
    _many(name="6", what="list of 10⁶ jobs at any depth, p95 / one job, p95", at_most=3),
    _many(name="6 queries", what="queries of a page of that list", at_most=4),
    _many(name="6 fit", what="blocks a fit reads beside 10⁷ measurements / beside 10⁵",
          at_most=1.5),
    _many(name="7", what="counters of projects at 10⁶ jobs / at 10⁴", at_most=1.5),
    _chosen(name="8 mean", what="chosen source / best of all, 30 questions, geometric mean",
            at_most=1.5),
    _chosen(name="8 worst", what="chosen source / best of all, the worst", at_most=5),
    _chosen(name="8 wrong", what="questions that the chosen source answers wrongly", at_most=0),
    _estimate(name="9 seconds", what="estimates of seconds off by more than 2, share",
              at_most=0.10),
    _estimate(name="9 memory", what="estimates of memory that were too low", at_most=0),
    _estimate(name="9 refusals", what="sources chosen that take more memory than allowed",
              at_most=0),
    Bar(name="10", what="fit of 1000 measurements / scikit-learn's, CPU", at_most=0.6,
        by="test_fit_speed.py::test_a_fit_of_a_thousand_against_scikit_learn"),
    _web(name="11 memory", what="memory of the web process / bare Django + DRF", at_most=1.5),
    _web(name="11 engines", what="engines and SciPy imported by it", at_most=0),
    Bar(name="12", what="second noisy job on a calibration / first, CPU", at_most=0.3,
        by="test_circuits.py::test_a_second_noisy_job_of_a_calibration"),
)  # fmt: skip

PARTS = {"performance": PERFORMANCE, "twin": TWIN, "worlds": WORLDS, "pages and teams": PAGES}


def bars() -> dict[str, Bar]:
    """All bars by name."""
    return {bar.name: bar for part in PARTS.values() for bar in part}
