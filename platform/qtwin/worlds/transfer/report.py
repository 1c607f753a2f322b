"""The transfer report: one policy on each stage, baselines beside it, and the gap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qtwin.worlds.policies.policy import Policy
from qtwin.worlds.transfer.comparison import Comparison
from qtwin.worlds.transfer.gap import closed, gain, gaps
from qtwin.worlds.transfer.stage import Ladder, Rung, Stage, interval_document

KIND = "transfer_report"
SCHEMA_VERSION = 1

OnStage = Callable[[str, Stage], None]


def climb(
    rungs: Sequence[Rung], policy: Policy, *, title: str = "", on_stage: OnStage | None = None
) -> Ladder:
    """Play a policy on every stage, in order.

    Args:
        title: Of the policy, for `on_stage`.
        on_stage: Called after each stage.

    Raises:
        ValueError: Two stages have one name.
    """
    if len({rung.name for rung in rungs}) != len(rungs):
        raise ValueError("two stages have one name")
    ladder: dict[str, Stage] = {}
    for rung in rungs:
        ladder[rung.name] = Stage.play(rung, policy)
        if on_stage is not None:
            on_stage(title, ladder[rung.name])
    return ladder


def report(
    policy: Ladder,
    *,
    baselines: Mapping[str, Ladder] | None = None,
    earlier: Mapping[str, Ladder] | None = None,
    comparison: Comparison | None = None,
) -> dict[str, Any]:
    """The document of ladders that were climbed.

    Args:
        policy: Its stages, in order.
        baselines: By title, as `linear sweep`.
        earlier: By what was changed since, as `randomisation` or `retraining`: the ladder of the
            policy without it. How much of its gap the change closed is stated.
        comparison: Over seeds.
    """
    found = gaps(policy)
    beside, before = baselines or {}, earlier or {}
    return {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "stages": [stage.to_dict() for stage in policy.values()],
        "baselines": [
            row for title, ladder in beside.items() for row in _beside(title, ladder, policy)
        ],
        "gap": found[-1].to_dict() if found else None,
        "gaps": [gap.to_dict() for gap in found],
        "closed": [
            row for title, ladder in before.items() for row in _closed(title, ladder, policy)
        ],
        "comparison": None if comparison is None else comparison.to_dict(),
    }


def _beside(title: str, ladder: Ladder, policy: Ladder) -> list[dict[str, Any]]:
    rows = []
    for name, stage in ladder.items():
        ours = policy.get(name)
        better = None if ours is None else interval_document(gain(ours, stage))
        rows.append({**stage.to_dict(), "policy": title, "gain": better})
    return rows


def _closed(title: str, ladder: Ladder, policy: Ladder) -> list[dict[str, Any]]:
    ours = {gap.end: gap for gap in gaps(policy)}
    return [{"by": title, **closed(gap, ours[gap.end])} for gap in gaps(ladder) if gap.end in ours]
