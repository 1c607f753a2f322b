"""A project into a file, and a file into a project."""

from qtwin.archives.services.export import project_export
from qtwin.archives.services.load import Imported, project_import

__all__ = ["Imported", "project_export", "project_import"]
