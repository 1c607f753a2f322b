"""Comparisons of classifiers of phases on a project's shots."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qtwin.client.remote.place import ProjectPlace
from qtwin.client.remote.points import given
from qtwin.client.rows.classifier import ClassifierRow
from qtwin.client.shown.progress import shown
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import listing, operation
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing
from qtwin.client.wire.place import at
from qtwin.client.wire.wait import wait


class Phases(ProjectPlace):
    """What a project's bit strings tell of its phases."""

    @operation
    def classify(
        self,
        transition: float,
        *,
        control: str | None = None,
        margin: float | None = None,
        sources: Sequence[str] | None = None,
        methods: Sequence[str] | None = None,
        shots: int | None = None,
        readings: int | None = None,
        folds: int | None = None,
        seed: int | None = None,
        key: str | None = None,
        timeout: float | None = None,
        progress: bool | Callable[[ClassifierRow], None] = False,
    ) -> Flow[ClassifierRow]:
        """Compare classifiers on the shots of its jobs, and wait for the table: docs/qml.md.

        Args:
            transition: Value of the control at which the phases meet.
            margin: Points closer to it are not labelled.
            shots: Of a reading, in each basis.
            readings: Most of a point and source.

        Raises:
            TookTooLong: That took longer than ``timeout`` seconds; it goes on.
        """
        body = {"transition": transition} | given(
            control=control,
            margin=margin,
            sources=None if sources is None else list(sources),
            methods=None if methods is None else list(methods),
            shots=shots,
            readings=readings,
            folds=folds,
            seed=seed,
        )
        made = ClassifierRow.read((yield from self._post("classifiers", body, key=key)))
        with shown(progress, f"classifiers {made.id}") as tell:
            return (
                yield from wait(
                    at("classifiers", made.id),
                    ClassifierRow.read,
                    lambda row: row.ended,
                    what=f"classifiers {made.id}",
                    timeout=timeout,
                    progress=tell,
                )
            )

    @operation
    def classifier(self, classifier_id: str) -> Flow[ClassifierRow]:
        """One comparison as it is now."""
        return ClassifierRow.read((yield from ask(Request(path=at("classifiers", classifier_id)))))

    @listing
    def classifiers(self, *, state: str | None = None) -> Listing[ClassifierRow]:
        """Its comparisons, newest first, without what they found."""
        query = {"state": state}
        return Listing(path=self._at("classifiers"), query=query, read=ClassifierRow.read)
