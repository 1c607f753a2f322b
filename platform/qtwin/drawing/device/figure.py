"""A device as its qubits and pairs, coloured, with a legend that has numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backends.schema import CalibrationSnapshot
from qtwin.drawing.device.metrics import METRICS, Metric, pair_gates, single_errors
from qtwin.drawing.device.places import places
from qtwin.drawing.device.scale import Scale
from qtwin.drawing.element import Element, element, picture
from qtwin.drawing.figure import Figure, Sheet
from qtwin.drawing.plane import Plane
from qtwin.drawing.sites import Point

MOST_QUBITS = 1200
SWATCH, LEGEND, PADDING = 68.0, 46.0, 26.0
FACTOR = 100.0
STRONGER = "The stronger a colour, the larger the number: errors are worse, times are better."
Pair = tuple[int, int]


def metrics_of(said: CalibrationSnapshot) -> list[Metric]:
    """Those of which the device says anything."""
    qubits = qubits_of(said)
    return [metric for metric in METRICS.values() if metric.values(said, qubits)]


def qubits_of(said: CalibrationSnapshot) -> list[int]:
    """Numbers of the qubits of which anything is said."""
    of_gates = {qubit for gate in said.gates for qubit in gate.qubits}
    return sorted({*said.qubits, *of_gates})[:MOST_QUBITS]


def faulty(said: CalibrationSnapshot) -> tuple[set[int], set[Pair]]:
    """Qubits and pairs of which the device says that no gate works."""
    singles = {qubit for qubit, error in single_errors(said).items() if error >= 1}
    return singles, {pair for pair, gate in pair_gates(said).items() if gate.error >= 1}


def device_figure(said: CalibrationSnapshot, metric: Metric) -> Figure:
    """The map of a calibration; pairs by the error of their best gate, qubits by ``metric``."""
    qubits = qubits_of(said)
    best = {p: g for p, g in pair_gates(said).items() if max(p) <= max(qubits, default=-1)}
    at, plane = _placed(qubits, best)
    dead, broken = faulty(said)
    values = metric.values(said, qubits)
    errors = {pair: FACTOR * gate.error for pair, gate in best.items() if pair not in broken}
    node_scale = Scale.of(value for qubit, value in values.items() if qubit not in dead)
    edge_scale = Scale.of(errors.values())
    legends = [(metric.label, metric.unit, node_scale), ("Two-qubit error", "%", edge_scale)]
    keys, below = _legends([one for one in legends if one[2] is not None], plane.height)
    r = min(0.32 * plane.step, 12.0)
    nodes = (
        _node(q, at[q], r, _kind(q, value, node_scale, dead), _said(q, value, metric, dead))
        for q, value in ((q, values.get(q)) for q in qubits)
    )
    width = max(plane.width, PADDING + SWATCH * 6 + PADDING)
    return Figure(
        svg=picture(
            width,
            below + 4,
            element("g", *(_edge(at, pair, errors.get(pair), edge_scale) for pair in sorted(best))),
            element("g", *nodes),
            *keys,
            title=f"Map of {said.device}",
            about=_about(qubits, best, metric),
            class_="drawing-device",
        ),
        notes=(STRONGER, *_notes(dead, broken)),
        sheets=_sheets(said, qubits, best, dead),
    )


def _placed(qubits: Sequence[int], best: Mapping[Pair, object]) -> tuple[dict[int, Point], Plane]:
    placed = places(qubits, best.keys())
    plane = Plane.around(list(placed.values()), most=46.0, least=26.0, padding=PADDING)
    return {qubit: plane.at(place) for qubit, place in placed.items()}, plane


def _edge(at: Mapping[int, Point], pair: Pair, error: float | None, scale: Scale | None) -> Element:
    (x1, y1), (x2, y2) = at[pair[0]], at[pair[1]]
    said = f"{error:.3g} %" if error is not None else "does not work"
    kind = f"step-{_step(error, scale)}" if error is not None else "faulty"
    title = element("title", f"Pair {pair[0]}–{pair[1]}: {said}")
    return element("line", title, x1=x1, y1=y1, x2=x2, y2=y2, class_=f"pair {kind}")


def _node(qubit: int, at: Point, r: float, kind: str, said: str) -> Element:
    parts = [
        element("title", f"Qubit {qubit}: {said}"),
        element("circle", cx=at[0], cy=at[1], r=r),
        element("text", str(qubit), x=at[0], y=at[1] + 3, font_size=8.5, text_anchor="middle"),
    ]
    if kind == "faulty":
        d = 0.9 * r
        cross = f"M{at[0] - d:.1f} {at[1] - d:.1f}l{2 * d:.1f} {2 * d:.1f}m0 {-2 * d:.1f}"
        parts.append(element("path", d=f"{cross}l{-2 * d:.1f} {2 * d:.1f}", class_="cross"))
    return element("g", *parts, class_=f"device-qubit {kind}")


def _kind(qubit: int, value: float | None, scale: Scale | None, dead: set[int]) -> str:
    """The class that colours a qubit."""
    if qubit in dead:
        return "faulty"
    return "unknown" if value is None else f"step-{_step(value, scale)}"


def _said(qubit: int, value: float | None, metric: Metric, dead: set[int]) -> str:
    """What is said of a qubit."""
    if qubit in dead:
        return "does not work"
    return "not known" if value is None else f"{metric.label} {value:.4g} {metric.unit}"


def _step(value: float, scale: Scale | None) -> int:
    return 0 if scale is None else scale.step(value)


def _legends(
    legends: Sequence[tuple[str, str, Scale | None]], top: float
) -> tuple[list[Element], float]:
    """A row of swatches for each scale, with the bounds of its steps."""
    shapes = []
    for label, unit, scale in legends:
        if scale is None:
            continue
        shapes.append(element("text", f"{label} / {unit}", x=PADDING, y=top + 12))
        for step in range(scale.steps):
            x = PADDING + SWATCH * step
            shapes.append(
                element("rect", x=x, y=top + 18, width=SWATCH - 2, height=8, class_=f"step-{step}")
            )
        for number, bound in enumerate(scale.bounds):
            last = number == scale.steps
            shapes.append(
                element(
                    "text", f"{bound:.3g}", x=PADDING + SWATCH * number - 2 * last, y=top + 39,
                    text_anchor="end" if last else "start", class_="drawing-label",
                )
            )  # fmt: skip
        top += LEGEND
    return shapes, top


def _about(qubits: Sequence[int], best: Mapping[Pair, object], metric: Metric) -> str:
    return (
        f"{len(qubits)} qubits coloured by {metric.label}, {len(best)} pairs by the error of "
        "their gate; the table has the numbers"
    )


def _notes(dead: set[int], broken: set[Pair]) -> tuple[str, ...]:
    notes = []
    if dead:
        names = ", ".join(map(str, sorted(dead)))
        notes.append(f"Crossed: {names}. The device says that no gate works there.")
    if broken:
        pairs = ", ".join(f"{a}–{b}" for a, b in sorted(broken))
        notes.append(f"Dashed: {pairs}. The device says that their gate does not work.")
    return tuple(notes)


def _sheets(
    said: CalibrationSnapshot,
    qubits: list[int],
    best: Mapping[Pair, object],
    dead: set[int],
) -> tuple[Sheet, ...]:
    columns = [(metric, metric.values(said, qubits)) for metric in METRICS.values()]
    gates = pair_gates(said)
    of_qubits = Sheet(
        name="Qubits",
        head=("Qubit", *(f"{metric.label} / {metric.unit}" for metric, _ in columns), "Works"),
        rows=tuple(
            (q, *(_rounded(values.get(q)) for _, values in columns), "no" if q in dead else "yes")
            for q in qubits
        ),
    )
    of_pairs = Sheet(
        name="Pairs",
        head=("Qubit", "Qubit", "Gate", "Error / %", "Duration / ns"),
        rows=tuple(
            (a, b, gates[a, b].name, _rounded(FACTOR * gates[a, b].error),
             _rounded(None if (s := gates[a, b].duration_s) is None else 1e9 * s))
            for a, b in sorted(best)
        ),
    )  # fmt: skip
    return (of_qubits, of_pairs) if of_pairs.rows else (of_qubits,)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
