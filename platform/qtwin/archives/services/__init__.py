"""A project into a file, a file into a project, and a person out of all of it."""

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
from qtwin.archives.services.person import person_erase

__all__ = [
    "ImportLost",
    "ImportRefused",
    "Imported",
    "import_begin",
    "import_claim",
    "import_renew",
    "import_run",
    "person_erase",
    "project_export",
    "project_import",
]
