"""Systems that people start from, by kind."""

from qtwin.projects.templates.arrays import ARRAYS
from qtwin.projects.templates.circuits import CIRCUITS
from qtwin.projects.templates.lattices import FERMIONS, HAMILTONIANS, SPIN_LATTICES
from qtwin.projects.templates.molecules import MOLECULES
from qtwin.projects.templates.template import Template

TEMPLATES: dict[str, Template] = {
    one.key: one
    for group in (MOLECULES, SPIN_LATTICES, FERMIONS, ARRAYS, CIRCUITS, HAMILTONIANS)
    for one in group
}

__all__ = ["TEMPLATES", "Template"]
