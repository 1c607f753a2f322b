"""Tables of pandas, for those who have it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from qtwin.client.rows.measurement import Measurements
    from qtwin.client.rows.row import Row
    from qtwin.client.rows.twin import Prediction


def frame(rows: Iterable[Any]) -> pd.DataFrame:
    """One row for each, one column for each field."""
    import pandas as pd

    return pd.DataFrame([plain_cells(row) for row in rows])


def measurements_frame(measurements: Measurements) -> pd.DataFrame:
    """Controls and knobs have columns of their own."""
    import pandas as pd

    knobs = sorted({name for row in measurements for name in row.knobs})
    return pd.DataFrame(
        {
            "source": [row.source for row in measurements],
            "observable": [row.observable for row in measurements],
            **{name: measurements.points[:, at] for at, name in enumerate(measurements.controls)},
            **{name: [row.knobs.get(name) for row in measurements] for name in knobs},
            "value": measurements.values,
            "std": measurements.std,
            "unit": [row.unit for row in measurements],
            "shots": [row.shots for row in measurements],
            "measured_at": [row.measured_at for row in measurements],
            "valid": [row.valid for row in measurements],
            "id": [row.id for row in measurements],
        }
    )


def prediction_frame(prediction: Prediction) -> pd.DataFrame:
    """A row for each point; causes of the error are variances."""
    import pandas as pd

    columns = {name: prediction.points[:, at] for at, name in enumerate(prediction.controls)}
    for name in ("mean", "std", "lower", "upper"):
        columns[name] = getattr(prediction, name)
    columns |= {f"variance_{cause}": part for cause, part in prediction.budget.items()}
    return pd.DataFrame(columns)


def plain_cells(row: Row) -> dict[str, Any]:
    """A row's fields by name, without the document that it came from."""
    return {one.name: getattr(row, one.name) for one in fields(row) if one.name != "document"}
