"""Tables of rows as HTML: they take the notebook's own colours, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qtwin.client.rows.twin import Prediction

SHOWN = 20
LONGEST = 60


def table(head: Sequence[str], body: Iterable[Sequence[Any]], *, caption: str = "") -> str:
    """Headings with their scope, so that a reader of screens says which column a cell is in."""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell_text(cell))}</td>' for cell in row)}</tr>" for row in body
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def rows_table(rows: Iterable[Any]) -> str:
    """The first rows of a list, with a column for each field that any of them fills."""
    from qtwin.client.shown.frame import plain_cells

    found = list(islice(iter(rows), SHOWN + 1))
    cells = [plain_cells(row) for row in found[:SHOWN]]
    head = [name for name in (cells[0] if cells else ()) if any(_fills(c[name]) for c in cells)]
    more = f"the first {SHOWN}" if len(found) > SHOWN else ""
    if not cells:
        return "<p>Nothing here yet.</p>"
    return table(head, ([cell[name] for name in head] for cell in cells), caption=more)


def prediction_table(prediction: Prediction) -> str:
    """Points with mean, one sigma and the 95 % interval."""
    head = [*prediction.controls, "mean", "1σ", "95 % from", "to"]
    columns = (prediction.mean, prediction.std, prediction.lower, prediction.upper)
    body = zip(*prediction.points.T.tolist(), *(one.tolist() for one in columns), strict=True)
    unit = f" in {prediction.unit}" if prediction.unit else ""
    caption = f"{prediction.observable}{unit}, version {prediction.version.number}: "
    return table(head, islice(body, SHOWN), caption=caption + prediction.claim)


def cell_text(value: Any) -> str:
    """A value in few characters."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.8g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={cell_text(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(cell_text(one) for one in value)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _fills(value: Any) -> bool:
    return value is not None and value not in ("", (), [], {})
