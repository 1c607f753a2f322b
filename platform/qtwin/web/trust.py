"""Where to trust the twin along its first control: a strip of what each part rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from qtwin.projects.models import Observable, Project
from qtwin.twins.curve import twin_curve
from qtwin.twins.models import TwinFit
from qtwin.web.headline import held_said, symbol
from qtwin.web.numbers import plain, significant

SAMPLES = 201
TICKS = 400
"""Places along the strip that a tick can have: more measurements than that are not told apart."""
MEANINGS = {
    "calibrated": (
        "Calibrated",
        "Among reference points, of a twin whose error bars were checked on them.",
    ),
    "interpolated": (
        "Interpolated",
        "Among measurements, but not among three references or more: what sources are off by is "
        "carried over from elsewhere.",
    ),
    "vague": (
        "Vague",
        "Among measurements that say little: σ is more than half of what it would be without any.",
    ),
    "extrapolated": ("Extrapolated", "Beyond all measurements: nothing was seen there."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of one standing; ``left`` and ``width`` are percent of the strip."""

    standing: str
    name: str
    where: str
    left: str
    width: str
    farthest: str
    relative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A measured point; ``left`` is percent of the strip."""

    left: str
    reference: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Ready to print. ``legend`` has the name and sentence of each standing that occurs."""

    control: str
    held: str
    lower: str
    upper: str
    parts: list[Part]
    ticks: list[Tick]
    legend: list[tuple[str, str, str]]
    sentence: str


def trust_shown(
    project: Project, observable: Observable, version: int | None, fit: TwinFit | None = None
) -> Trust | None:
    """None without a twin.

    Args:
        fit: Of that version, where the caller has it.

    Raises:
        PredictorFailed: If there is a twin and it cannot be asked.
    """
    curve = twin_curve(project, observable, SAMPLES, version=version, fit=fit)
    if curve["version"] is None:
        return None
    control, trust = curve["control"], curve["trust"]
    unit = symbol(control["unit"])
    span = control["upper"] - control["lower"]
    parts: list[Part] = []
    shares: dict[str, float] = {}
    for standing, run in groupby(range(SAMPLES), key=trust["standing"].__getitem__):
        rows = list(run)
        low, high = _ends(curve["x"], rows)
        shares[standing] = shares.get(standing, 0.0) + (high - low) / span
        parts.append(
            Part(
                standing=standing,
                name=MEANINGS[standing][0],
                where=f"{significant(low, 3)} to {significant(high, 3)} {unit}".strip(),
                left=_percent((low - control["lower"]) / span),
                width=_percent((high - low) / span),
                farthest=_farthest([trust["reference"][row] for row in rows], span, unit),
                relative=_share(max(trust["relative"][row] for row in rows)),
            )
        )
    return Trust(
        control=control["label"],
        held=held_said(
            curve["fixed"],
            [(each["name"], each["label"], each["unit"]) for each in curve["controls"]],
        ),
        lower=f"{significant(control['lower'], 3)} {unit}".strip(),
        upper=f"{significant(control['upper'], 3)} {unit}".strip(),
        parts=parts,
        ticks=_ticks(curve, span),
        legend=[(name, *MEANINGS[name]) for name in MEANINGS if name in shares],
        sentence=_sentence(shares),
    )


def _ends(x: Sequence[float], rows: Sequence[int]) -> tuple[float, float]:
    """A stretch reaches half a step beyond its samples, and ends where the range does."""
    first, last = rows[0], rows[-1]
    low = x[0] if first == 0 else (x[first - 1] + x[first]) / 2
    high = x[-1] if last == len(x) - 1 else (x[last] + x[last + 1]) / 2
    return low, high


def _farthest(distances: Sequence[float | None], span: float, unit: str) -> str:
    known = [distance for distance in distances if distance is not None]
    return f"{significant(max(known) * span, 2)} {unit}".strip() if known else "–"


def _ticks(curve: dict[str, Any], span: float) -> list[Tick]:
    exact = {source["name"] for source in curve["sources"] if source["role"] == "reference"}
    lower = curve["control"]["lower"]
    places = {
        (round((point["x"] - lower) / span * TICKS), point["source"] in exact)
        for point in curve["points"]
    }
    return [
        Tick(left=_percent(place / TICKS), reference=reference)
        for place, reference in sorted(places)
    ]


def _sentence(shares: dict[str, float]) -> str:
    said = [
        f"{_share(shares[name])} {MEANINGS[name][0].lower()}" for name in MEANINGS if name in shares
    ]
    if len(said) == 1:
        return f"The whole range is {said[0].partition(' % ')[2]}."
    return f"Of the range, {', '.join(said[:-1])} and {said[-1]}."


def _share(share: float) -> str:
    return f"{plain(100 * share, 0) if share >= 0.01 else '< 1'} %"


def _percent(share: float) -> str:
    return f"{100 * share:.3f}%"
