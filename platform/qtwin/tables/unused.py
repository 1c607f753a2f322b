"""What DATA.csv holds that nothing uses: said, not refused."""

from __future__ import annotations

from qtwin.fusion.base import IntArray, Role
from qtwin.tables.sheet import Sheet
from qtwin.tables.spec import COLUMNS, Spec
from qtwin.tables.text import quoted, suggestion


def unused_columns(sheet: Sheet, spec: Spec) -> list[str]:
    """Columns that neither the format nor the spec knows."""
    known = [*COLUMNS, *(control.name for control in spec.controls), *spec.knobs]
    extra = [name for name in sheet.header if name not in known]
    return [
        f"{sheet.file}: column {quoted(name)} is not used{suggestion(name, known)}"
        for name in extra
        if name
    ]


def unused_cells(sheet: Sheet, spec: Spec, source: IntArray) -> list[str]:
    """Optional cells on rows of a role that has no use for them."""
    roles = [spec.sources[index].role for index in source]
    uses = {
        "mixed_value": {Role.DEVICE},
        "epoch": {Role.DEVICE},
        "branch": {Role.DEVICE, Role.APPROXIMATION},
    }
    found = []
    for name, users in uses.items():
        cells = zip(roles, sheet.texts(name), strict=True)
        count = sum(1 for role, text in cells if text and role not in users)
        if count:
            words = " or ".join(sorted(users))
            found.append(f"{sheet.file}: {name} is used for a {words} only; {count} other rows")
    return found
