"""The project's own tables: what is asked, of whom, and the files that are kept."""

from __future__ import annotations

from qtwin.archives.tables.table import Table, of
from qtwin.projects.models import Artifact, Control, Dataset, Observable, Source, SourceRevision

CONTROLS = Table(
    name="controls",
    what="The control parameters with their units and bounds",
    model=Control,
    rows=of(Control, "project"),
    owner="project",
    columns=("position", "name", "label", "unit", "lower", "upper"),
)
OBSERVABLES = Table(
    name="observables",
    what="The wanted quantities with their units and physical bounds",
    model=Observable,
    rows=of(Observable, "project"),
    owner="project",
    key="name",
    columns=("name", "label", "unit", "lower", "upper", "variational"),
)
SOURCES = Table(
    name="sources",
    what="Methods on backends whose numbers the twin weighs",
    model=Source,
    rows=of(Source, "project"),
    owner="project",
    key="id",
    columns=("id", "name", "label", "role", "created_at"),
)
REVISIONS = Table(
    name="revisions",
    what="The settings of each source, one row for each change",
    model=SourceRevision,
    rows=of(SourceRevision, "source__project"),
    key="id",
    columns=(
        *("id", "number", "backend", "method", "settings", "knobs", "learn_scale"),
        "created_at",
    ),
    links={"source": "sources"},
)
DATASETS = Table(
    name="datasets",
    what="Imported data with citation and licence",
    model=Dataset,
    rows=of(Dataset, "project"),
    owner="project",
    key="id",
    columns=("id", "name", "citation", "licence", "sha256", "created_at"),
)
ARTIFACTS = Table(
    name="artifacts",
    what="The files under artifacts/: raw payloads of runs, fits of the twin",
    model=Artifact,
    rows=of(Artifact, "project"),
    owner="project",
    key="id",
    columns=("id", "kind", "sha256", "size", "created_at"),
)
