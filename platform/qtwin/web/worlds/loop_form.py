"""The form of a loop: a learner, the stages of each report, and what is measured between rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qtwin.training.models import World
from qtwin.web.typed import document, number
from qtwin.web.worlds.forms import TrainingForm, pretty
from qtwin.web.worlds.measuring import measuring_start
from qtwin.web.worlds.stages import stage_choices


@dataclass(kw_only=True)
class LoopForm(TrainingForm):
    """A training form with the stages of a report, ``campaign``, ``rounds`` and ``improvement``.

    Of the report it has ``stage`` several times, ``episodes``, ``noise`` and ``qpu``.
    """

    world: World

    @property
    def stages(self) -> list[dict[str, Any]]:
        """Every stage, and whether it is chosen."""
        return stage_choices(self.typed)

    @property
    def campaign(self) -> str:
        """Text of the field."""
        if "campaign" in self.typed:
            return self.values["campaign"]
        return pretty(measuring_start(self.world.project))

    def body(self) -> dict[str, Any]:
        """What ``POST /worlds/{id}/loops`` would be sent.

        Raises:
            PointedError: A document is no JSON.
        """
        report: dict[str, Any] = {
            "stages": self.typed.getlist("stage"),
            **self.documents("noise", "qpu", under="/report"),
        }
        if episodes := self.values.get("episodes", "").strip():
            report["episodes"] = number(episodes)
        return {
            **self.learning(),
            "report": report,
            "campaign": document(self.values.get("campaign", ""), "/campaign"),
            **self.numbers("rounds", "improvement"),
        }
