"""How a version moved the curve, drawn in units of the σ of the version before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qtwin.projects.models import Project
from qtwin.twins.curve import fit_line
from qtwin.twins.models import TwinFit
from qtwin.web.headline import symbol
from qtwin.web.numbers import plain, significant

SAMPLES = 101
"""Every second one of the curve that the page asks for anyway."""
TABLED = 10
"""Every so many samples are a row of the table."""
LEFT, RIGHT, TOP, BOTTOM = 40.0, 590.0, 10.0, 150.0
LEAST, MOST = 3.0, 12.0
"""Sigmas that the picture reaches at least and at most; what goes beyond is cut."""
_LEAST_STD = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Ready to draw: paths of what was and what is, ticks, ends of the axis, and a table."""

    control: str
    lower: str
    upper: str
    before: str
    after: str
    mean: str
    ticks: list[tuple[str, str]]
    zero: str
    rows: list[tuple[str, str, str, str]]


def moved(project: Project, before: TwinFit, after: TwinFit) -> Moved:
    """Along the first control.

    Raises:
        PredictorFailed: If the twin cannot be asked.
    """
    old, new = (_line_of(project, fit) for fit in (before, after))
    unit = [max(std, _LEAST_STD) for std in old["std"]]
    shift = [(b - a) / s for a, b, s in zip(old["mean"], new["mean"], unit, strict=True)]
    ratio = [std / s for std, s in zip(new["std"], unit, strict=True)]
    reach = _reach(shift, ratio)
    flat = [0.0] * SAMPLES
    control = project.controls.all()[0]
    name = symbol(control.unit)
    ticks = ticks_of(reach)
    return Moved(
        control=control.label,
        lower=f"{significant(control.lower, 3)} {name}".strip(),
        upper=f"{significant(control.upper, 3)} {name}".strip(),
        before=_ribbon(flat, [1.0] * SAMPLES, reach),
        after=_ribbon(shift, ratio, reach),
        mean=_line(shift, reach),
        ticks=[(f"{_y(tick, reach):.1f}", f"{plain(tick, 0)} σ") for tick in ticks],
        zero=f"{_y(0.0, reach):.1f}",
        rows=_rows(new["x"], shift, ratio, old),
    )


def _line_of(project: Project, fit: TwinFit) -> dict[str, list[float]]:
    line = fit_line(project, fit, 2 * SAMPLES - 1)
    return {name: values[::2] for name, values in line.items()}


def ticks_of(reach: float) -> list[float]:
    """Whole numbers of σ, so that each is where its text says."""
    half = reach // 2
    return [1 - reach, -half, 0, half, reach - 1] if reach > 4 else [-2, 0, 2]


def _reach(shift: Sequence[float], ratio: Sequence[float]) -> float:
    most = max(abs(s) + r for s, r in zip(shift, ratio, strict=True))
    return float(round(min(MOST, max(LEAST, most + 0.5))))


def _rows(
    x: Sequence[float], shift: Sequence[float], ratio: Sequence[float], old: dict[str, list[float]]
) -> list[tuple[str, str, str, str]]:
    return [
        (
            significant(x[i], 4),
            plain(shift[i], 2),
            significant(shift[i] * old["std"][i], 2),
            f"{plain(100 * ratio[i], 0)} %",
        )
        for i in range(0, SAMPLES, TABLED)
    ]


def _x(index: int) -> float:
    return LEFT + (RIGHT - LEFT) * index / (SAMPLES - 1)


def _y(value: float, reach: float) -> float:
    share = (reach - min(reach, max(-reach, value))) / (2 * reach)
    return TOP + (BOTTOM - TOP) * share


def _line(values: Sequence[float], reach: float) -> str:
    return "M" + "L".join(f"{_x(i):.1f} {_y(value, reach):.1f}" for i, value in enumerate(values))


def _ribbon(middle: Sequence[float], half: Sequence[float], reach: float) -> str:
    above = [m + h for m, h in zip(middle, half, strict=True)]
    below = [m - h for m, h in zip(middle, half, strict=True)]
    back = [f"{_x(i):.1f} {_y(below[i], reach):.1f}" for i in reversed(range(len(below)))]
    return f"{_line(above, reach)}L{'L'.join(back)}Z"
