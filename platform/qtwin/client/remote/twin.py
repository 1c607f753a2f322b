"""The twin of a project: the curve with its error bar, and questions about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from qtwin.client.remote.points import Points, points_document
from qtwin.client.rows.curve import Curve
from qtwin.client.rows.project import ProjectRow
from qtwin.client.rows.row import Row
from qtwin.client.rows.twin import (
    Derivatives,
    Functional,
    Plan,
    Prediction,
    Refit,
    Samples,
    TwinStatus,
    VersionRow,
)
from qtwin.client.shown.progress import shown
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import Awaits, Waits, listing, operation
from qtwin.client.wire.errors import UnknownName
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing
from qtwin.client.wire.place import at
from qtwin.client.wire.wait import wait

RowT = TypeVar("RowT", bound=Row)
Progress: TypeAlias = bool | Callable[[TwinStatus], None]


class TwinCore:
    """A twin on a server.

    ``observable`` is the project's first where none is named, and ``without`` leaves sources out.
    """

    _driver: Any

    def __init__(
        self,
        driver: Any,
        project: ProjectRow,
        *,
        version: int | None = None,
        as_of: datetime | None = None,
    ) -> None:
        self._driver, self.project = driver, project
        self._version, self._as_of = version, as_of

    @operation
    def status(self) -> Flow[TwinStatus]:
        """Whether it has taken in all evidence, and its latest version."""
        return TwinStatus.read((yield from ask(Request(path=self._at("twin")))))

    @operation
    def wait(self, timeout: float | None = None, progress: Progress = False) -> Flow[TwinStatus]:
        """Wait until all jobs have ended and the twin has taken in what they measured.

        Raises:
            TookTooLong: That took longer than ``timeout`` seconds.
        """
        with shown(progress, f"twin of {self.project.name}") as tell:
            return (
                yield from wait(
                    self._at("twin"),
                    TwinStatus.read,
                    lambda row: row.settled,
                    what=f"the twin of {self.project.name}",
                    timeout=timeout,
                    progress=tell,
                )
            )

    @operation
    def predict(
        self, points: Points, *, observable: str | None = None, without: Sequence[str] = ()
    ) -> Flow[Prediction]:
        """Mean, one sigma, 95 % interval and the error's causes at points.

        Args:
            points: Shape (P,) with one control, (P, C) with several.
            without: Sources to leave out.
        """
        asked = points_document(points)
        more = {"points": asked}
        found = yield from self._ask("predict", Prediction, observable, without, more)
        return replace(
            found,
            points=_rows(asked),
            controls=tuple(one.name for one in self.project.controls),
            unit=self._unit(found.observable),
        )

    @operation
    def samples(
        self,
        points: Points,
        *,
        count: int = 100,
        seed: int = 0,
        observable: str | None = None,
        without: Sequence[str] = (),
    ) -> Flow[Samples]:
        """Coherent draws of the curve at points, one per row."""
        more = {"points": points_document(points), "count": count, "seed": seed}
        return (yield from self._ask("samples", Samples, observable, without, more))

    @operation
    def derivatives(
        self,
        points: Points,
        *,
        order: int = 1,
        observable: str | None = None,
        without: Sequence[str] = (),
    ) -> Flow[Derivatives]:
        """First or second derivatives by control, with their errors."""
        more = {"points": points_document(points), "order": order}
        return (yield from self._ask("derivatives", Derivatives, observable, without, more))

    @operation
    def functional(
        self,
        kind: str,
        *,
        observable: str | None = None,
        without: Sequence[str] = (),
        order: int = 0,
        at: Mapping[str, float] | None = None,
        within: Mapping[str, Sequence[float]] | None = None,
        level: float | None = None,
        other_observable: str | None = None,
        direction: str = "any",
        count: int | None = None,
        seed: int = 0,
    ) -> Flow[Functional]:
        """One number about the whole curve, and where it is: docs/curves.md.

        Args:
            kind: minimum, maximum, crossing or area.
            order: 1 asks it of the first derivative.
            at: Controls that are held.
            within: Ranges of free controls.
            level: Of a crossing; or ``other_observable``, whose curve is crossed.
            count: Draws.
        """
        more = {
            "kind": kind,
            "order": order,
            "at": dict(at or {}),
            "within": {name: list(ends) for name, ends in (within or {}).items()},
            "level": level,
            "other_observable": other_observable,
            "direction": direction,
            "count": count,
            "seed": seed,
        }
        return (yield from self._ask("functionals", Functional, observable, without, more))

    @operation
    def recommend(
        self,
        *,
        prices: Mapping[str, Mapping[str, float]] | None = None,
        budget: float | None = None,
        target: float | None = None,
        batch: int | None = None,
        goal: str = "curve",
        points: Points | None = None,
        observable: str | None = None,
        without: Sequence[str] = (),
    ) -> Flow[Plan]:
        """What to measure next, its expected gain, its cost and why.

        Args:
            prices: Of the sources on offer: ``{"fci": {"per_run": 100}}``; by default what their
                backends estimate, in the unit that ``pricing`` of the answer names.
            budget: The most that all runs may cost.
            target: The sigma to reach, in the observable's unit.
            batch: Only the first so many runs. Enough alone, where no prices are stated.
            goal: curve, minimum or maximum.
            points: Where runs may be made; evenly spread where not given.
        """
        stated = None if prices is None else {name: dict(one) for name, one in prices.items()}
        more = {
            "prices": stated,
            "budget": budget,
            "target": target,
            "batch": batch,
            "goal": goal,
            "points": None if points is None else points_document(points),
        }
        return (yield from self._ask("plan", Plan, observable, without, more))

    @operation
    def curve(self, *, observable: str | None = None) -> Flow[Curve]:
        """The curve along the first control with its points; a notebook draws it."""
        query = {
            "observable": observable,
            "version": self._version,
            "as_of": self._as_of and self._as_of.isoformat(),
        }
        return Curve.read((yield from ask(Request(path=self._at("twin", "curve"), query=query))))

    @listing
    def versions(self) -> Listing[VersionRow]:
        """All fits, newest first."""
        query = {"as_of": self._as_of and self._as_of.isoformat()}
        return Listing(path=self._at("twin", "versions"), query=query, read=VersionRow.read)

    @operation
    def refit(self) -> Flow[Refit]:
        """Ask for a new version by the fusion of this server."""
        request = Request(method="POST", path=f"{self._at('twin')}:refit", repeatable=True)
        return Refit.read((yield from ask(request)))

    def _ask(
        self,
        verb: str,
        kind: type[RowT],
        observable: str | None,
        without: Sequence[str],
        more: Mapping[str, Any],
    ) -> Flow[RowT]:
        body: dict[str, Any] = {"observable": observable or self._first(), **more}
        if without:
            body["exclude_sources"] = list(without)
        if self._version is not None:
            body["version"] = self._version
        if self._as_of is not None:
            body["as_of"] = self._as_of.isoformat()
        path = f"{self._at('twin')}:{verb}"
        request = Request(method="POST", path=path, body=body, repeatable=True)
        return kind.read((yield from ask(request)))

    def _first(self) -> str:
        if not self.project.observables:
            raise UnknownName(f"{self.project.name} has no observable")
        return self.project.observables[0].name

    def _unit(self, observable: str) -> str:
        return next((o.unit for o in self.project.observables if o.name == observable), "")

    def _at(self, *parts: str) -> str:
        place = at("projects", self.project.id)
        return "/".join([place, *parts])

    def __repr__(self) -> str:
        pinned = "" if self._version is None else f", version {self._version}"
        return f"<{type(self).__name__} of {self.project.name!r}{pinned}>"


def _rows(points: list[Any]) -> Any:
    """Shape (P, C)."""
    import numpy as np

    return np.array(points, dtype=np.float64).reshape(len(points), -1)


class Twin(TwinCore, Waits):
    """A twin of the synchronous client; a notebook draws its curve."""

    def _repr_svg_(self) -> str:
        return self.curve()._repr_svg_()

    def _repr_html_(self) -> str:
        return self.curve()._repr_html_()


class AsyncTwin(TwinCore, Awaits):
    """A twin of the asynchronous client; ``await twin.curve()`` is what a notebook draws."""
