"""Amounts of money, QPU seconds and shots in requests and answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from qtwin.projects.refusal import MICRO

MOST = 10**12


@extend_schema_field({"type": "number", "minimum": 0, "maximum": MOST, "multipleOf": 1e-6})
class AmountField(serializers.Field[int, Any, Any, Any]):
    """A number of units, kept as whole millionths."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or not 0 <= data <= MOST:
            raise serializers.ValidationError(f"{data!r}; allowed: a number from 0 to {MOST}")
        micro = Decimal(str(data)) * MICRO
        if micro != int(micro):
            raise serializers.ValidationError(f"{data!r}; allowed: at most six decimals")
        return int(micro)

    def to_representation(self, value: int) -> float:
        return value / MICRO


@extend_schema_field({"type": "number", "multipleOf": 1e-6})
class ChangeField(AmountField):
    """An amount that may be negative; only in answers."""
