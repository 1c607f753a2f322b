"""A twin as one SVG document that stands alone: for other pages, papers, and who runs no script.

It carries its own style, follows the reader's theme unless one is asked for, and needs no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Any, Literal
from xml.sax.saxutils import escape

import numpy as np

from qtwin.projects.models import Observable, Project
from qtwin.tables.figure.panel import HEIGHT, WIDTH, Panel
from qtwin.tables.figure.style import COLOURS, mark, sheet
from qtwin.twins.curve import twin_curve
from qtwin.web.headline import headline_of, headline_sentence, symbol

Scheme = Literal["auto", "light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("auto", "light", "dark")

_LEGEND = 196.0
_FOOT = 30.0
_ROW = 20.0
_LONGEST = 24
_LINE = 18.0
_TITLE_LETTERS, _LETTERS = 72, 100
"""Letters of a line that fits the picture, in the title's face and in the text's."""


def twin_picture(
    project: Project,
    observable: Observable,
    *,
    version: int | None = None,
    scheme: Scheme = "auto",
) -> str:
    """The curve with its bands and points, and above it what the twin says in a sentence.

    Raises:
        NoTwin: If there is no such version.
        PredictorFailed: If the twin cannot be asked.
    """
    curve = twin_curve(project, observable, version=version)
    said = headline_of(observable, curve)
    sources = [source for source in curve["sources"] if source["measurements"]]
    rows = len(sources) + 3
    width = WIDTH + _LEGEND
    title = f"{project.name}: {observable.label}"
    titled, head = _lines(title, "name", 27.0, _TITLE_LETTERS)
    told, head = _lines(headline_sentence(said), "", head, _LETTERS)
    height = head + max(HEIGHT, rows * _ROW) + _FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(headline_sentence(said))}</desc>',
        f"<style>{sheet(scheme=scheme)}.name{{font-weight:600;font-size:15px}}</style>",
        f'<rect class="page" width="{width:.0f}" height="{height:.0f}"/>',
        *titled,
        *told,
    ]
    if len(curve["x"]) or curve["points"]:
        parts += _panel(curve, observable).draw(left=0.0, top=head, name="plot")
    parts += _legend(curve, sources, head)
    parts.append(f'<text class="small" x="20" y="{height - 12:.0f}">{escape(_foot(curve))}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _lines(text: str, face: str, top: float, letters: int) -> tuple[list[str], float]:
    """The text on as many lines as it needs, and where the next thing begins."""
    lines = wrap(text, letters)
    drawn = [
        f'<text class="{face}" x="20" y="{top + i * _LINE:.0f}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    ]
    return drawn, top + (len(lines) - 1) * _LINE + (22.0 if face else 15.0)


def _foot(curve: dict[str, Any]) -> str:
    version = curve["version"]
    made = "no version" if version is None else f"version {version['number']}"
    fixed = "".join(f", {name} = {value:.6g}" for name, value in curve["fixed"].items())
    return f"Made by QTwin: {made}{fixed}. Error bars: one sigma; bands: one sigma and 95 %."


def _panel(curve: dict[str, Any], observable: Observable) -> Panel:
    place = {source["name"]: index for index, source in enumerate(curve["sources"])}
    mean, std = np.array(curve["mean"], dtype=float), np.array(curve.get("std", []), dtype=float)
    control, points = curve["control"], curve["points"]
    return Panel(
        title="",
        labels=(
            control["label"] + _over(control["unit"]),
            observable.label.partition(" (")[0] + _over(observable.unit),
        ),
        grid=np.array(curve["x"], dtype=float),
        mean=mean,
        lower=np.array(curve["lower"], dtype=float),
        upper=np.array(curve["upper"], dtype=float),
        x=np.array([point["x"] for point in points], dtype=float),
        y=np.array([point["value"] for point in points], dtype=float),
        std=np.array([point["std"] for point in points], dtype=float),
        source=np.array([place[point["source"]] for point in points], dtype=np.int64),
        sigma=std if len(std) else None,
    )


def _over(unit: str) -> str:
    shown = symbol(unit)
    return f" / {shown}" if shown else ""


def _legend(curve: dict[str, Any], sources: list[dict[str, Any]], head: float) -> Iterator[str]:
    left, top = WIDTH + 8.0, head + 34.0
    lines = [("mean", "mean"), ("sigma", "1σ"), ("band", "95 % interval")]
    if curve["version"] is None:
        lines = []
    for i, (kind, label) in enumerate(lines):
        y = top + i * _ROW
        if kind == "mean":
            yield f'<path class="mean" d="M{left} {y}h20"/>'
        else:
            yield f'<rect class="{kind}" x="{left}" y="{y - 6}" width="20" height="12"/>'
        yield f'<text x="{left + 28}" y="{y + 4}">{label}</text>'
    place = {source["name"]: index for index, source in enumerate(curve["sources"])}
    for i, source in enumerate(sources, start=len(lines)):
        y, index = top + i * _ROW, place[source["name"]]
        label = source["label"]
        short = label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"
        yield f'<g class="mark s{index % COLOURS}">{mark(index, left + 10, y)}</g>'
        yield f'<text x="{left + 28}" y="{y + 4}">{escape(short)}</text>'
