"""The chosen source against every other that could answer, and estimates against what it took."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from backends import registry, selection
from backends.base import Backend
from backends.schema import RunOptions
from backends.selection import Accuracy, Choice, Option
from tests.benchmarks.conftest import Bar
from tests.benchmarks.measured import Measured, measure
from tests.benchmarks.questions import QUESTIONS, Question

WORTH_TRYING_S = 15.0
"""Sources that are estimated to take longer are not run; the best of all is never among them."""
NOTICEABLE_S = 0.02
"""Below this the seconds of two sources are the same to a person."""
RIGHT = 1e-6

Tried = list[tuple[Option, Measured]]


@pytest.fixture(scope="module")
def tried() -> list[tuple[Question, Choice, Tried]]:
    """Every question, what is chosen, and what each able source took."""
    for name in registry.names():
        if "+" not in name:
            _warm(registry.get(name))
    return [_try(question) for question in QUESTIONS]


def _warm(backend: Backend) -> None:
    """Import everything: one run of something small for each engine."""
    backend.warm()
    for question in QUESTIONS:
        experiment = question.experiment()
        for option in selection.options(experiment, RunOptions()):
            small = option.cost is not None and option.cost.seconds < 0.5
            if option.backend == backend.name and small:
                _run_here(option, question)
                return


def _run_here(option: Option, question: Question) -> None:
    asked = replace(question.experiment(), method=option.method, settings=dict(option.settings))
    registry.get(option.backend).submit(asked, RunOptions(), token="warm")


def _try(question: Question) -> tuple[Question, Choice, Tried]:
    experiment = question.experiment()
    choice = selection.choose(experiment, RunOptions())
    able = [
        option
        for option in choice.options
        if option.cost is not None
        and option.accuracy <= Accuracy.CONTROLLED
        and (option.cost.seconds < WORTH_TRYING_S or option == choice.chosen)
    ]
    return question, choice, [(o, measure(o, experiment, RunOptions())) for o in able]


def _chosen(choice: Choice, tried: Tried) -> Measured:
    return next(measured for option, measured in tried if option == choice.chosen)


def test_the_chosen_source_is_right_and_nearly_the_quickest(
    tried: list[tuple[Question, Choice, Tried]], bar: Bar, capsys: pytest.CaptureFixture[str]
) -> None:
    ratios, wrong = [], []
    for question, choice, runs in tried:
        taken = _chosen(choice, runs)
        truth = _truth(runs)
        right = [m for _, m in runs if m.values is not None and _agrees(m, truth)]
        best = min(m.seconds for m in right)
        ratios.append(max(taken.seconds, NOTICEABLE_S) / max(best, NOTICEABLE_S))
        with capsys.disabled():
            name = choice.chosen.name if choice.chosen else "nothing"
            print(f"\n{question.name:<20} {name:<28} {taken.seconds:7.3f} s  x {ratios[-1]:.2f}")  # noqa: T201
        if taken.values is None or not _agrees(taken, truth):
            wrong.append(f"{question.name}: {taken.values} instead of {truth}")
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    worst = max(ratios)
    bar("8 mean", mean, note=f"{len(ratios)} questions")
    bar("8 worst", worst, note=tried[ratios.index(worst)][0].name)
    bar("8 wrong", len(wrong), note="; ".join(wrong))


def _truth(runs: Tried) -> list[float]:
    """Of the most accurate answers; they agree with each other or something is wrong."""
    answered = [(option, m, m.values) for option, m in runs if m.values is not None]
    exact = [values for option, _, values in answered if option.accuracy == Accuracy.EXACT]
    closest = min(answered, key=lambda run: run[1].error)[2]
    first = exact[0] if exact else closest
    for other in exact:
        assert other == pytest.approx(first, abs=RIGHT)
    return first


def _agrees(measured: Measured, truth: list[float]) -> bool:
    off = [abs(a - b) for a, b in zip(measured.values or [], truth, strict=True)]
    return max(off) <= RIGHT + 3 * measured.error


def test_estimates_are_within_a_factor_of_two(
    tried: list[tuple[Question, Choice, Tried]], bar: Bar, capsys: pytest.CaptureFixture[str]
) -> None:
    misses, total, over = 0, 0, 0
    for question, _, runs in tried:
        for option, measured in runs:
            assert option.cost is not None
            if measured.values is None:
                continue
            total += 1
            guess, took = option.cost.seconds, measured.seconds
            miss = max(guess, took) > 2 * max(min(guess, took), NOTICEABLE_S)
            misses += miss
            over += measured.growth_bytes > option.cost.memory_bytes
            if miss:
                with capsys.disabled():
                    print(f"\n{question.name:<20} {option.name:<32} {guess:.3g} s, took {took:.3g}")  # noqa: T201
    bar("9 seconds", misses / total, note=f"of {total}")
    bar("9 memory", over, note=f"of {total}")
    bar("9 refusals", sum(map(_beyond, tried)), note="with a byte less than each takes")


def _beyond(one: tuple[Question, Choice, Tried]) -> int:
    """How often the choice takes more than it may, when it may not have what a source takes."""
    question, _, runs = one
    taken = {option.name: measured.growth_bytes for option, measured in runs}
    beyond = 0
    for most in {max(0, bytes_ - 1) for bytes_ in taken.values()}:
        chosen = selection.choose(question.experiment(), RunOptions(), most_bytes=most).chosen
        beyond += chosen is not None and taken.get(chosen.name, 0) > most
    return beyond
