"""Points in a request body: rows of control values, or plain numbers when there is one control."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

if TYPE_CHECKING:
    from numpy.typing import NDArray


@extend_schema_field(
    {
        "type": "array",
        "items": {"oneOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]},
    }
)
class PointsField(serializers.Field["NDArray[np.float64]", Any, Any, Any]):
    """Shape (P, C) as nested lists, or (P,) for one control; every number finite."""

    def __init__(self, *, max_points: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_points = max_points

    def to_internal_value(self, data: Any) -> NDArray[np.float64]:
        if not isinstance(data, list) or not data:
            raise serializers.ValidationError("allowed: a list of points, not empty")
        if len(data) > self.max_points:
            raise serializers.ValidationError(
                f"{len(data)} points; allowed: at most {self.max_points}", code="max_length"
            )
        rows = [row if isinstance(row, list) else [row] for row in data]
        width = len(rows[0])
        for index, row in enumerate(rows):
            if len(row) != width or not all(_is_number(value) for value in row):
                raise serializers.ValidationError(
                    {str(index): [f"{data[index]!r} is not a point; allowed: {width} number(s)"]}
                )
        return np.array(rows, dtype=np.float64)

    def to_representation(self, value: NDArray[np.float64]) -> Any:
        return value.tolist()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
