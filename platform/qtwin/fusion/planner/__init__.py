"""What to measure next: where, on which source, with how many shots, at which cost.

``plan`` recommends runs by the expected reduction of the twin's variance per unit of cost, always
beside what the references alone would do for the same money.
"""

from __future__ import annotations

from qtwin.fusion.planner.goal import Aim, Goal
from qtwin.fusion.planner.offer import Offer, Price, Setting
from qtwin.fusion.planner.plan import Baseline, Choice, Plan, Step
from qtwin.fusion.planner.policy import plan
from qtwin.fusion.planner.rules import Rules

__all__ = [
    "Aim",
    "Baseline",
    "Choice",
    "Goal",
    "Offer",
    "Plan",
    "Price",
    "Rules",
    "Setting",
    "Step",
    "plan",
]
