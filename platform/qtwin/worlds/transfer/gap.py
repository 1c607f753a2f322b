"""The gap between two stages, and how much of it something closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qtwin.worlds.transfer.intervals import Interval
from qtwin.worlds.transfer.recovered import difference, ratio
from qtwin.worlds.transfer.stage import Ladder, Sample, Stage, interval_document


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gap:
    """What a policy loses from one stage to another.

    Attributes:
        interval: Of the loss, in units of the goal; above 0 when there is one.
        relative: Of the loss as a share of the first stage's value; None where that may be 0.
    """

    start: str
    end: str
    interval: Interval
    relative: Interval | None

    @classmethod
    def between(cls, first: Stage, second: Stage) -> Gap:
        """From the first stage to the second, which were played apart."""
        kept = ratio(second.interval, first.interval)
        relative = None
        if kept is not None:
            relative = Interval(
                value=1 - kept.value,
                lower=1 - kept.upper,
                upper=1 - kept.lower,
                method=kept.method,
                level=kept.level,
            )
        return cls(
            start=first.rung.name,
            end=second.rung.name,
            interval=difference(first.interval, second.interval),
            relative=relative,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        found = interval_document(self.interval)
        return {
            "from": self.start,
            "to": self.end,
            "absolute": found.pop("value"),
            **found,
            "relative": None if self.relative is None else interval_document(self.relative),
        }


def closed(wide: Gap, narrow: Gap) -> dict[str, Any]:
    """How much narrower a gap is than another, absolutely and as a share.

    Where both were played on the same truths they rise and fall together, and the interval is too
    wide rather than too narrow.
    """
    less = difference(wide.interval, narrow.interval)
    left = ratio(narrow.interval, wide.interval)
    share = None
    if left is not None:
        share = {
            "value": 1 - left.value,
            "lower": 1 - left.upper,
            "upper": 1 - left.lower,
            "level": left.level,
            "method": left.method,
        }
    said = "" if share else "the gap may be 0, so that there is no share of it"
    return {"to": wide.end, **interval_document(less), "share": share, "why_no_share": said}


def gain(policy: Stage, baseline: Stage) -> Interval:
    """How much more a policy is worth than another on one stage.

    Where both met the same truths and seeds it is the mean of the differences (paired).
    """
    ours, theirs = policy.sample, baseline.sample
    if not _pairs(ours, theirs):
        return difference(policy.interval, baseline.interval)
    found = Sample(values=ours.values - theirs.values, truths=ours.truths).interval()
    return Interval(
        value=found.value,
        lower=found.lower,
        upper=found.upper,
        method=f"paired: {found.method}",
        level=found.level,
    )


def _pairs(ours: Sample, theirs: Sample) -> bool:
    if not (ours.paired and theirs.paired and ours.values.shape == theirs.values.shape):
        return False
    if ours.truths is None or theirs.truths is None:
        return ours.truths is theirs.truths
    return bool((ours.truths == theirs.truths).all())


def gaps(ladder: Ladder) -> list[Gap]:
    """From the first stage to each of the others."""
    first, *others = ladder.values()
    return [Gap.between(first, stage) for stage in others]
