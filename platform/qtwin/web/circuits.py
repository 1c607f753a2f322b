"""Circuits as pages show them: a part at a time, with links to the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString

from qtwin.accounts.models import User
from qtwin.drawing.circuit.figure import CircuitFigure, circuit_figure
from qtwin.drawing.circuit.operation import written
from qtwin.projects.selectors import preview_answer
from qtwin.projects.services import TooManyPreviews, preview_ask
from qtwin.web.drawings import Drawn, markup

MOMENT = "moment"
"""Of a query: the first moment that is drawn."""
CIRCUIT = "parametric_circuit"


class Circuit(Drawn):
    """A circuit for a template.

    Attributes:
        more: Gates that are not kept, after those that are.
        here: The query that links to other parts keep.
        anchor: Where on the page it is.
    """

    def __init__(self, *, figure: CircuitFigure, more: int, here: str, anchor: str) -> None:
        super().__init__(figure.figure)
        self.circuit, self.more, self.here, self.anchor = figure, more, here, anchor

    @property
    def wires(self) -> SafeString:
        """The names of the wires, which stay in sight."""
        return markup(self.circuit.wires)

    @property
    def gates(self) -> int:
        """Of the whole circuit, also those that are not kept."""
        return self.circuit.gates + self.more

    @property
    def following(self) -> int | None:
        window = self.circuit.window
        return None if window.last == window.moments else window.last

    @property
    def before(self) -> int | None:
        """Where the part before begins, if it is as long as this one."""
        window = self.circuit.window
        return max(0, 2 * window.first - window.last) if window.first else None


def circuit_of(
    document: Mapping[str, Any], query: QueryDict, *, by: User | None = None
) -> Circuit | None:
    """The circuit of a system, as it is written; None while no worker has written it out.

    No process that serves users parses what they wrote (`backends.qasm`).
    """
    told = preview_answer(document).get("written")
    if told is None:
        try:
            preview_ask(document, by=by)
        except TooManyPreviews:
            return None
        return None
    kept = query.copy()
    first = kept.pop(MOMENT, ["0"])[-1]
    figure = circuit_figure(
        [*written(told["gates"])],
        told["qubits"],
        title=title_of(told),
        first=int(first) if first.isascii() and first.isdecimal() and len(first) < 8 else 0,
        names=names_of(told),
    )
    return Circuit(figure=figure, more=told["more"], here=kept.urlencode(), anchor="system")


def names_of(told: Mapping[str, Any]) -> list[str]:
    """Of each wire, as the program calls it: ``q[0]``."""
    names = [""] * told["qubits"]
    for register, first, size in told["registers"]:
        names[first : first + size] = [f"{register[:12]}[{place}]" for place in range(size)]
    return names


def title_of(told: Mapping[str, Any]) -> str:
    """Name of a circuit's picture."""
    return f"Circuit of {told['qubits']} qubit{'' if told['qubits'] == 1 else 's'}"
