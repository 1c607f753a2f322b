"""Which runs a plan may contain, beyond what they are expected to teach.

The model cannot see its own misfit without references, so gain per cost alone starves them: on
stretched H4 the error ended at 1.0 mHa without a reserve and at 0.5 mHa with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.planner.candidates import Candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Limits on the mix of runs.

    Attributes:
        reserve: Share of the spending that is for references while the band is unproven.
        proven_c2: Calibration factor up to which a band counts as proven, given enough references.
        proven_references: How many those are; by default ``2 D + 3`` for D controls.
        cap: Greatest share of the spending on one source that is no reference, where there are any.
    """

    reserve: float = 0.5
    proven_c2: float = 1.5
    proven_references: int | None = None
    cap: float = 0.4

    def __post_init__(self) -> None:
        for name in ("reserve", "cap"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} is {value!r}; it must be between 0 and 1")

    def enough(self, dimensions: int) -> int:
        """References that prove a band."""
        return self.proven_references or 2 * dimensions + 3


@dataclass(slots=True, kw_only=True)
class Ledger:
    """What has been spent, runs before the plan included, and how many references there are."""

    by_source: dict[str, float] = field(default_factory=dict)
    on_references: float = 0.0
    references: int = 0

    @property
    def spent(self) -> float:
        """On everything."""
        return sum(self.by_source.values())

    def pay(self, name: str, cost: float, *, reference: bool) -> None:
        """Book one run."""
        self.by_source[name] = self.by_source.get(name, 0.0) + cost
        self.on_references += cost if reference else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdict:
    """Allowed runs, shape ``(C, O)``, and the rule that narrowed them to references, if any."""

    allowed: NDArray[np.bool_]
    because: str = ""


def judge(
    candidates: Candidates,
    taken: Mapping[int, float],
    ledger: Ledger,
    *,
    rules: Rules,
    left: float,
    c2: float,
    dimensions: int,
) -> Verdict:
    """Apply all rules.

    Args:
        candidates: All runs.
        taken: Candidates that the plan has already.
        ledger: Spending so far.
        rules: The limits.
        left: Budget that is left.
        c2: Calibration factor of the fit.
        dimensions: Number of controls.
    """
    allowed = candidates.cost <= left * (1.0 + 1e-12)
    exact = candidates.exact()
    repeated = candidates.known.copy()
    repeated[list(taken)] = True
    allowed &= ~(exact & repeated)[:, None]
    references = allowed & candidates.reference[:, None]
    because = _reserved(ledger, rules, c2, dimensions) if references.any() else ""
    if because:
        return Verdict(allowed=references, because=because)
    if candidates.reference.any():
        allowed &= ~_dominant(candidates, ledger, cap=rules.cap, left=left)
    return Verdict(allowed=allowed)


def _reserved(ledger: Ledger, rules: Rules, c2: float, dimensions: int) -> str:
    """Why the next run must be a reference; empty when it need not be."""
    enough = rules.enough(dimensions)
    if not ledger.references:
        return "nothing anchors the twin until it has a reference"
    if c2 <= rules.proven_c2 and ledger.references >= enough:
        return ""
    if ledger.on_references >= rules.reserve * ledger.spent:
        return ""
    share = ledger.on_references / ledger.spent
    return (
        f"references have had {share:.0%} of the spending and are due {rules.reserve:.0%} until "
        f"there are {enough} (now {ledger.references}) and c² is at most {rules.proven_c2:g} "
        f"(now {c2:.2g})"
    )


def _dominant(
    candidates: Candidates, ledger: Ledger, *, cap: float, left: float
) -> NDArray[np.bool_]:
    """Runs that would bring one source above its share of all the spending, shape ``(C, O)``."""
    before = np.array([ledger.by_source.get(name, 0.0) for name in candidates.names])
    after = before[:, None] + candidates.cost
    whole = ledger.spent + (left if np.isfinite(left) else candidates.cost)
    return np.asarray(~candidates.reference[:, None] & (after > cap * whole))
