"""Loops and comparisons as lists name them, which have no name of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qtwin.training.models import Classifier, Loop
from qtwin.web.numbers import significant
from qtwin.web.worlds.rounds import gap_said


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLoop:
    """``gap`` is that of the last round that has one."""

    row: Loop
    title: str
    rounds: int
    gap: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedClassifier:
    row: Classifier
    title: str


def loop_title(loop: Loop) -> str:
    """What it measures between its rounds."""
    return str((loop.asked.get("campaign") or {}).get("name") or f"Loop {str(loop.pk)[-8:]}")


def classifier_title(row: Classifier) -> str:
    """Where its phases meet: ``Phases at field = 1``."""
    control, at = row.asked.get("control", ""), row.asked.get("transition")
    if not isinstance(at, int | float):
        return f"Phases {str(row.pk)[-8:]}"
    return f"Phases at {control or 'the control'} = {significant(float(at))}"


def listed_loops(rows: Iterable[Loop]) -> list[ListedLoop]:
    """In the order of the rows, of which the rounds were read along."""
    return [
        ListedLoop(row=row, title=loop_title(row), rounds=len(row.rounds.all()), gap=gap_said(row))
        for row in rows
    ]


def listed_classifiers(rows: Iterable[Classifier]) -> list[ListedClassifier]:
    """In the order of the rows."""
    return [ListedClassifier(row=row, title=classifier_title(row)) for row in rows]
