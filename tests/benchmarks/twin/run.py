"""Runs every method on every seed of every case, on two processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import get_context

from tests.benchmarks.twin.case import Absent
from tests.benchmarks.twin.design import Design
from tests.benchmarks.twin.kinds import make_case
from tests.benchmarks.twin.methods import METHODS
from tests.benchmarks.twin.scores import Scores, score

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    design: Design
    method: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of one task: scores, or why there are none.

    Attributes:
        absent: What is not here, so that the task was skipped.
        failure: What the method answered instead of a prediction.
    """

    case: str
    method: str
    seed: int
    scores: Scores | None = None
    cpu_s: float = 0.0
    trust: Mapping[str, float] = field(default_factory=dict)
    page_ms: float | None = None
    absent: str = ""
    failure: str = ""


def tasks(designs: Sequence[Design], methods: Sequence[str], seeds: int, quick: bool) -> list[Task]:
    """All tasks, the largest cases first so that no process ends much later than the other."""
    found = []
    for design in sorted(designs, key=_size, reverse=True):
        count = seeds or (design.quick_seeds if quick else design.seeds)
        count = min(count, design.seeds)
        apply = [m for m in methods if m != "equal-cost" or design.equal_cost]
        found += [Task(design=design, method=m, seed=s) for s in range(count) for m in apply]
    return found


def _size(design: Design) -> int:
    return sum(source.points for source in design.sources)


def run(todo: Sequence[Task], processes: int) -> Iterator[Outcome]:
    """Outcomes as they come."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(carry_out, task) for task in todo]):
            yield done.result()


def carry_out(task: Task) -> Outcome:
    """One method on one seed."""
    blank = Outcome(case=task.design.case, method=task.method, seed=task.seed)
    try:
        case = make_case(task.design, task.seed)
        answer = METHODS[task.method](case)
    except Absent as reason:
        return replace(blank, absent=str(reason))
    except (ValueError, RuntimeError) as error:
        return replace(blank, failure=str(error))
    return replace(
        blank,
        scores=score(answer.belief, case.truth, task.design.normaliser),
        cpu_s=answer.cpu_s,
        trust=answer.trust,
        page_ms=answer.page_ms,
    )
