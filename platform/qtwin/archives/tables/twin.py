"""Versions of the twin and their fits."""

from __future__ import annotations

from qtwin.archives.tables.table import Table, of
from qtwin.twins.models import TwinFit, TwinVersion

VERSIONS = Table(
    name="versions",
    what="Versions of the twin",
    model=TwinVersion,
    rows=of(TwinVersion, "twin__project"),
    owner="twin",
    key="id",
    columns=(
        *("id", "number", "measurements", "as_of", "fusion_version", "seed", "fit_seconds"),
        *("refit", "created_at"),
    ),
)
FITS = Table(
    name="fits",
    what="The fit of each observable in each version, with its evidence and its digest",
    model=TwinFit,
    rows=of(TwinFit, "version__twin__project"),
    columns=(
        *("digest", "claim", "references", "c2", "nu", "scores", "sources", "measurement_ids"),
        *("conflicts", "ageing", "changes"),
    ),
    links={"version": "versions", "observable": "observables", "artifact": "artifacts"},
    ids_inside=("measurement_ids", "changes"),
    later={"ageing": 3},
)
