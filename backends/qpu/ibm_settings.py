"""Settings of a source on an IBM computer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from backends.errors import ProgramRejected
from backends.qpu import anchors
from backends.qpu.circuit_count import CIRCUITS, SETTING
from backends.setting import Between, Settings

EXAMPLE = "ibm_kingston"
DEVICE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
JOB, BATCH, SESSION = MODES = ("job", "batch", "session")
SAMPLER, ESTIMATOR = PRIMITIVES = ("sampler", "estimator")
OFF, ON = SWITCH = ("off", "on")
SEQUENCES = ("none", "XX", "XpXm", "XY4")
LONGEST_S = 10_800
"""IBM runs no job for longer."""

SETTINGS: Settings = (
    ("device", None),
    ("mode", MODES),
    ("session_seconds", Between(1, LONGEST_S)),
    ("most_qpu_seconds", Between(1, LONGEST_S)),
    SETTING,
    anchors.SETTING,
    ("optimization_level", (0, 1, 2, 3)),
    ("primitive", PRIMITIVES),
    ("resilience_level", (0, 1, 2)),
    ("gate_twirling", SWITCH),
    ("measurement_twirling", SWITCH),
    ("decoupling", SEQUENCES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IbmSettings:
    """As documented in docs/sources.md.

    Attributes:
        most_qpu_s: After which IBM is told to stop the job; None for the estimate's bound.
    """

    device: str
    mode: str
    session_s: int
    most_qpu_s: int | None
    optimization_level: int
    primitive: str
    resilience_level: int
    gate_twirling: bool
    measurement_twirling: bool
    decoupling: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Read what `check` found in order."""
        return cls(
            device=settings.get("device", ""),
            mode=settings.get("mode", JOB),
            session_s=int(settings.get("session_seconds", 300)),
            most_qpu_s=_whole(settings.get("most_qpu_seconds")),
            optimization_level=settings.get("optimization_level", 3),
            primitive=settings.get("primitive", SAMPLER),
            resilience_level=settings.get("resilience_level", 0),
            gate_twirling=settings.get("gate_twirling") == ON,
            measurement_twirling=settings.get("measurement_twirling") == ON,
            decoupling=settings.get("decoupling", "none"),
        )

    @property
    def twirled(self) -> bool:
        return self.gate_twirling or self.measurement_twirling


def check(settings: Mapping[str, Any]) -> None:
    """What the declared settings alone cannot say.

    Raises:
        ProgramRejected: Names the setting, the value and what is allowed.
    """
    device = settings.get("device")
    if not isinstance(device, str) or len(device) > 64 or not DEVICE.fullmatch(device):
        raise ProgramRejected(
            f"device = {device!r}; allowed: a name such as {EXAMPLE}; there is none by default",
            field="/settings/device",
        )
    for name in ("session_seconds", "most_qpu_seconds", CIRCUITS):
        if settings.get(name, 0) != int(settings.get(name, 0)):
            raise ProgramRejected(
                f"{name} = {settings[name]}; allowed: whole numbers", field=f"/settings/{name}"
            )
    own = IbmSettings.of(settings)
    if own.resilience_level and own.primitive != ESTIMATOR:
        raise ProgramRejected(
            f"resilience_level = {own.resilience_level} needs primitive = estimator; allowed: 0",
            field="/settings/resilience_level",
        )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
