"""JSON forms of versions and of what they changed."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from qtwin.fusion.version import FUSION_VERSION
from qtwin.twins.models import TwinFit, TwinVersion


class FitRow(serializers.ModelSerializer[TwinFit]):
    observable = serializers.CharField(source="observable.name")

    class Meta:
        model = TwinFit
        fields = [
            "observable",
            "digest",
            "claim",
            "references",
            "c2",
            "nu",
            "scores",
            "sources",
            "conflicts",
            "ageing",
        ]


class FitDetail(FitRow):
    artifact = serializers.CharField(source="artifact.sha256", help_text="Of the stored fit.")
    measurement_ids = serializers.ListField(child=serializers.UUIDField())

    class Meta(FitRow.Meta):
        fields = [*FitRow.Meta.fields, "artifact", "measurement_ids"]


class VersionRow(serializers.ModelSerializer[TwinVersion]):
    fits = FitRow(many=True)

    class Meta:
        model = TwinVersion
        fields = [
            "id",
            "number",
            "created_at",
            "as_of",
            "measurements",
            "fusion_version",
            "seed",
            "fit_seconds",
            "refit",
            "fits",
        ]


class VersionDetail(VersionRow):
    fits = FitDetail(many=True)
    can_be_rebuilt = serializers.SerializerMethodField(
        help_text="Whether this release computes what the version was computed by."
    )

    class Meta(VersionRow.Meta):
        fields = [*VersionRow.Meta.fields, "can_be_rebuilt"]

    def get_can_be_rebuilt(self, version: TwinVersion) -> bool:
        return version.fusion_version == FUSION_VERSION


class Said(serializers.Serializer[Any]):
    claim = serializers.CharField()
    references = serializers.IntegerField()
    c2 = serializers.FloatField()
    scores = serializers.DictField(child=serializers.FloatField())
    conflicts = serializers.ListField(child=serializers.DictField())


class ChangedSource(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the API's name
    added = serializers.IntegerField()
    removed = serializers.IntegerField(help_text="Invalidated since.")


class Moved(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["added", "removed"])
    source = serializers.CharField()  # type: ignore[assignment]  # the API's name
    label = serializers.CharField()  # type: ignore[assignment]  # the API's name
    job = serializers.UUIDField(allow_null=True)
    measurements = serializers.ListField(child=serializers.UUIDField())
    point = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    value = serializers.FloatField(allow_null=True)
    std = serializers.FloatField(allow_null=True)
    sigmas = serializers.FloatField(help_text="Its largest move, in units of the old sigma.")
    at = serializers.ListField(child=serializers.FloatField(), help_text="Where that is.")
    by = serializers.FloatField(help_text="The same, in the observable's unit.")
    rms = serializers.FloatField(help_text="Root mean square over the range, in old sigmas.")


class ChangedObservable(serializers.Serializer[Any]):
    observable = serializers.CharField()
    unit = serializers.CharField()
    before = Said(allow_null=True)
    after = Said()
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    sources = ChangedSource(many=True)
    prediction = serializers.DictField(
        allow_null=True,
        help_text="largest: the largest move, in units of the old sigma, and where; rms over the "
        "range; std_ratio: new over old sigma. null where there is nothing to compare.",
    )
    moved_most = Moved(
        many=True,
        help_text="Measurements by how far each alone moved the prediction, at the version's "
        "hyperparameters; jobs where there are many.",
    )


class BeforeAndAfter(serializers.Serializer[Any]):
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField()


class ChangesOutput(serializers.Serializer[Any]):
    since = serializers.IntegerField(allow_null=True)
    number = serializers.IntegerField()
    refit = serializers.BooleanField()
    fusion_version = BeforeAndAfter()
    observables = ChangedObservable(many=True)
