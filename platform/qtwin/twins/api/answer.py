"""What every answer of a twin says of where it comes from."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class VersionSummary(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField()
    measurements = serializers.IntegerField()
    claim = serializers.CharField()
    references = serializers.IntegerField()
    c2 = serializers.FloatField()
    nu = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField()
    fusion_version = serializers.CharField()
    seed = serializers.IntegerField()
    scores = serializers.DictField(child=serializers.FloatField())


class AnswerOutput(serializers.Serializer[Any]):
    claim = serializers.CharField()
    references = serializers.IntegerField()
    c2 = serializers.FloatField()
    nu = serializers.IntegerField(allow_null=True)
    observable = serializers.CharField()
    version = VersionSummary()
