"""What a project knows: measurements, imported data, and all of it as one file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from qtwin.client.remote.archive import archive_fetch
from qtwin.client.remote.columns import Data, csv_text
from qtwin.client.remote.phases import Phases
from qtwin.client.remote.points import given
from qtwin.client.rows.dataset import DatasetRow
from qtwin.client.rows.measurement import MeasurementRow, Measurements
from qtwin.client.wire.bound import listing, operation
from qtwin.client.wire.flow import Flow
from qtwin.client.wire.pages import Listing, every


class Evidence(Phases):
    """The evidence of a project."""

    @operation
    def measurements(
        self, *, source: str | None = None, as_of: datetime | None = None
    ) -> Flow[Measurements]:
        """All that was measured, as arrays."""
        query = {"source": source, "as_of": as_of and as_of.isoformat()}
        rows = yield from every(
            Listing(path=self._at("measurements"), query=query, read=MeasurementRow.read)
        )
        return Measurements(rows=rows, controls=self.controls)

    @operation
    def import_data(
        self,
        data: Data,
        *,
        name: str,
        citation: str,
        licence: str = "",
        source: str | None = None,
        role: str = "device",
        sources: Mapping[str, Mapping[str, Any]] | None = None,
        observable: str = "",
        measured_at: datetime | None = None,
    ) -> Flow[DatasetRow]:
        """Take in published or lab data.

        Args:
            data: CSV text, the path of a CSV file, or columns by name.
            citation: Where the numbers were published, or who measured them.
            source: The name of what measured all of them, where there is no column ``source``.
            role: Of that source.
            sources: Of several: their role, knobs and mixed value by name.
        """
        body: dict[str, Any] = {
            "name": name,
            "citation": citation,
            "sources": {key: dict(value) for key, value in (sources or {}).items()},
            "data": csv_text(data, source=source),
            **given(licence=licence, observable=observable),
        }
        if source is not None:
            body["sources"].setdefault(source, {"role": role})
        if measured_at is not None:
            body["measured_at"] = measured_at.isoformat()
        document = yield from self._post("measurements", body)
        return DatasetRow.read(document)

    @listing
    def datasets(self) -> Listing[DatasetRow]:
        """Imported data, with their citations."""
        return Listing(path=self._at("datasets"), read=DatasetRow.read)

    @operation
    def export(self, path: str | Path, *, licence: str = "") -> Flow[Path]:
        """Write the project as one RO-Crate: data, provenance and versions of the twin."""
        return (yield from archive_fetch(self.id, path, licence=licence))
