"""A project into a file, and a file into a project."""

from qtwin.archives.services.export import project_export
from qtwin.archives.services.imports import (
    ImportLost,
    ImportRefused,
    import_begin,
    import_claim,
    import_renew,
    import_run,
)
from qtwin.archives.services.load import Imported, project_import

__all__ = [
    "ImportLost",
    "ImportRefused",
    "Imported",
    "import_begin",
    "import_claim",
    "import_renew",
    "import_run",
    "project_export",
    "project_import",
]
