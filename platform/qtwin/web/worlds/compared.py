"""The gaps of a transfer report and its registered comparison, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtwin.web.numbers import digits_of, plain, significant

REGISTERED = ("question", "first", "second", "measure", "test", "effect_name", "registered_at")
ENDS = ("lower", "upper")


def known(entry: Mapping[str, Any], *names: str) -> bool:
    """Whether all of these are numbers."""
    return all(isinstance(entry.get(name), int | float) for name in names)


def interval_said(value: float, low: float, high: float) -> str:
    """``0.831 (0.820 to 0.842)``, with as many decimals as the interval leaves meaning to."""
    if high == low:
        return f"{significant(value, 4)} ({significant(low, 4)} to {significant(high, 4)})"
    decimals = digits_of(max(high - low, 1e-6) / 4)
    return f"{plain(value, decimals)} ({plain(low, decimals)} to {plain(high, decimals)})"


def gaps_said(document: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    """What is lost from the first stage to each, and what closed how much of it.

    Args:
        titles: Of the stages, by name.
    """
    rows = document.get("gaps") or [document.get("gap")]
    lost = [_lost(row, titles) for row in rows if isinstance(row, Mapping)]
    closed = [_closed(row, titles) for row in document.get("closed") or ()]
    return [sentence for sentence in (*lost, *closed) if sentence]


def _lost(gap: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    name = "absolute" if "absolute" in gap else "value"
    if not known(gap, name, *ENDS):
        return ""
    value, low, high = (float(gap[one]) for one in (name, *ENDS))
    start, end = (titles.get(str(gap.get(one)), str(gap.get(one))) for one in ("from", "to"))
    verb = "loses" if value >= 0 else "gains"
    size = interval_said(*((value, low, high) if value >= 0 else (-value, -high, -low)))
    relative = gap.get("relative")
    share = f", {100 * abs(relative['value']):.3g} % of it" if isinstance(relative, Mapping) else ""
    doubt = "; the interval holds zero" if low <= 0 <= high else ""
    return f"From “{start}” to “{end}” it {verb} {size}{share}{doubt}."


def _closed(row: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    if not known(row, "value", *ENDS):
        return ""
    size = interval_said(*(float(row[one]) for one in ("value", *ENDS)))
    end = titles.get(str(row.get("to")), str(row.get("to")))
    share, why = row.get("share"), str(row.get("why_no_share", ""))
    said = f", {why}" if why else ""
    if isinstance(share, Mapping):
        said = f", {interval_said(*(100 * float(share[one]) for one in ('value', *ENDS)))} % of it"
    by = str(row.get("by", "")).capitalize()
    return f"{by} closed {size} of the gap to “{end}”{said}."


def compared_said(comparison: Any) -> str:
    """The registered comparison in a sentence, whichever way it fell; empty where there is none."""
    if not isinstance(comparison, Mapping) or not known(comparison, "effect", *ENDS, "p"):
        return ""
    effect, low, high = (float(comparison[one]) for one in ("effect", *ENDS))
    seeds = comparison.get("seeds")
    over = f" over {len(seeds)} seeds" if isinstance(seeds, list) else ""
    verdict = "a difference" if comparison.get("significant") else "no difference that was shown"
    return (
        f"{comparison.get('first', 'First')} minus {comparison.get('second', 'second')}: "
        f"{interval_said(effect, low, high)}{over}, p = {significant(float(comparison['p']), 2)}: "
        f"{verdict}."
    )


def registered(comparison: Any) -> list[tuple[str, str]]:
    """What was written down before the runs."""
    if not isinstance(comparison, Mapping):
        return []
    rows = [(name, str(comparison[name])) for name in REGISTERED if comparison.get(name)]
    if isinstance(seeds := comparison.get("seeds"), list):
        rows.append(("seeds", ", ".join(map(str, seeds))))
    if known(comparison, "standardised"):
        rows.append(("Hedges’ g_z", significant(float(comparison["standardised"]), 3)))
    return [
        (name.replace("effect_name", "effect").replace("_at", "").capitalize(), said)
        for name, said in rows
    ]
