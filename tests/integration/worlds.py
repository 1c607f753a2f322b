"""A small world, a quick learner, and the work of their workers done in this process."""

from __future__ import annotations

from typing import Any

from qtwin.training.selectors import evaluations_due, reports_due, runs_due, worlds_due
from workers.training import evaluate, make, report, train

PULSE: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": {"kind": "pulses", "schema_version": 1, "qubits": 1},
    "schedule": {
        "duration": 1.0,
        "segments": 3,
        "controls": {"x0": {"lower": -8, "upper": 8}, "y0": {"lower": -8, "upper": 8}},
    },
    "goal": {"measure": "fidelity", "target": "1"},
    "shots": 20,
}
"""One qubit that a pulse is to turn over."""
LEARNER = {"kind": "cma_es", "truths": 4, "held_out": 8, "population": 6}
FEW = {"learner": LEARNER, "seed": 3, "evaluations": 300}
"""A run that is soon done."""


def work() -> None:
    """Do all that is due, once."""
    for due, do in (
        (worlds_due, make),
        (runs_due, train),
        (evaluations_due, evaluate),
        (reports_due, report),
    ):
        for one in due(9):
            do(str(one), owner="test")
