"""A serializer for input that refuses what it does not know."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Unknown fields are errors, so that a misspelt option is never silently dropped."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                allowed = ", ".join(self.fields)
                raise serializers.ValidationError(
                    {
                        name: serializers.ErrorDetail(
                            f"unknown field {name!r}; allowed: {allowed}", code="unknown"
                        )
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)
