"""Tools that ask a twin: what it knows, what it predicts, what to measure next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from qtwin.client.mcp.call import client
from qtwin.client.mcp.shapes.shape import MOST_POINTS, Name, Project, Shape
from qtwin.client.mcp.shapes.twin import (
    Conflict,
    Fit,
    Planned,
    Predictions,
    TwinSeen,
    TwinSource,
    sampled,
)
from qtwin.client.mcp.told import MOST_ITEMS, others
from qtwin.client.mcp.tool import READS, strict
from qtwin.client.remote.project import AsyncProject
from qtwin.client.wire.place import at

Observable = Annotated[Name, Field(description="Empty: the project's first.")]
Version = Annotated[int | None, Field(ge=1, description="Of the twin; the latest by default.")]
Without = Annotated[
    list[Name], Field(max_length=20, description="Sources to leave out; the twin is fitted anew.")
]
Point = float | list[float]
Points = Annotated[
    list[Point],
    Field(
        min_length=1,
        max_length=MOST_POINTS,
        description="A number each with one control; with several a list in their order.",
    ),
]


async def read_twin(project: Project, observable: Observable = "") -> TwinSeen:
    """A project's twin in short.

    The fit and how far its interval can be trusted, coverage on references, conflicts in the
    evidence, and the curve with its error budget at eleven points.
    """
    return await twin_seen(await client().project(project), observable)


async def twin_seen(project: AsyncProject, observable: str) -> TwinSeen:
    """The same of a project that was found."""
    place = at("projects", project.id, "twin")
    wanted = {"observable": observable or None}
    status = await client().document(place, **wanted)
    curve = await project.twin().curve(observable=observable or None)
    versions = await client().document(f"{place}/versions", limit=1)
    fit = _fit(versions["results"], curve.observable.name)
    return TwinSeen(
        project=project.id,
        observable=curve.observable.name,
        unit=curve.observable.unit,
        control=curve.control.name,
        fixed=dict(curve.fixed),
        evidence=status["evidence"],
        up_to_date=status["up_to_date"],
        jobs_running=status["jobs_running"],
        problem=others(status["problem"]),
        fit=Fit.of(curve.version.document) if curve.version else None,
        scores=fit.get("scores", {}),
        conflicts=[
            Conflict(
                source=one["source"],
                epoch=others(one["epoch"]),
                sigmas=one["z"],
                measurements=one["rows"],
            )
            for one in fit.get("conflicts", [])[:MOST_ITEMS]
        ],
        sources=[
            TwinSource(
                name=one.name,
                label=others(one.label),
                role=one.role,
                measurements=one.measurements,
            )
            for one in curve.sources[:MOST_ITEMS]
        ],
        curve=sampled(curve),
        svg=f"qtwin://projects/{project.id}/twin/curve.svg",
    )


def _fit(versions: list[Any], observable: str) -> Mapping[str, Any]:
    """What the latest version says of one observable; nothing where there is none."""
    fits = versions[0]["fits"] if versions else []
    return next((one for one in fits if one["observable"] == observable), {})


async def predict(
    *,
    project: Project,
    points: Points,
    observable: Observable = "",
    version: Version = None,
    without: Without = [],  # noqa: B006 - never changed, and a schema shows it
) -> Predictions:
    """What the twin predicts at points: mean, one sigma, 95 % interval, causes of the error.

    At most 50 points, within the ranges of the controls. Causes are variances; each source has a
    share in the mean.
    """
    found = await client().project(project)
    twin = found.twin(version=version)
    answer = await twin.predict(points, observable=observable or None, without=without)
    return Predictions.of(answer)


class Price(Shape):
    """Of one run, of one shot, or of both."""

    per_run: Annotated[float, Field(ge=0)] = 0.0
    per_shot: Annotated[float, Field(ge=0)] = 0.0


async def recommend(
    *,
    project: Project,
    prices: Annotated[
        dict[str, Price] | None,
        Field(
            min_length=1,
            max_length=30,
            description="Of the sources on offer by name, all in one unit of your choice; none: "
            "what their backends estimate, in seconds or USD.",
        ),
    ] = None,
    budget: Annotated[float | None, Field(gt=0, description="At most, in that unit.")] = None,
    target: Annotated[
        float | None, Field(gt=0, description="Sigma to reach, in the observable's unit.")
    ] = None,
    goal: Literal["curve", "minimum", "maximum"] = "curve",
    batch: Annotated[int, Field(ge=1, le=20, description="Runs at most.")] = 5,
    observable: Observable = "",
) -> Planned:
    """What to measure next, with the expected gain and the cost of each run, and why.

    With prices it needs a budget or a target. Nothing is submitted.
    """
    found = await client().project(project)
    answer = await found.twin().recommend(
        prices=None if prices is None else {name: one.model_dump() for name, one in prices.items()},
        budget=budget,
        target=target,
        goal=goal,
        batch=batch,
        observable=observable or None,
    )
    return Planned.of(answer)


TOOLS = [strict(function, READS) for function in (read_twin, predict, recommend)]
