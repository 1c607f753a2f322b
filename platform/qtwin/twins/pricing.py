"""What a run of each source costs, by the estimates of the backends, where nobody states prices.

One run is one point in the middle of the controls' range, with the knobs and shots of the source's
newest run. A plan needs one unit: seconds of this machine where nothing costs money, and else
dollars, in which such a second has a price too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from django.conf import settings
from django.db.models import Q

from backends.base import Backend
from backends.errors import BackendError
from backends.schema import Cost
from qtwin.accounts.models import Credential
from qtwin.jobs.models import Measurement
from qtwin.jobs.selectors import measurements_valid
from qtwin.jobs.services import JobSpec
from qtwin.jobs.services.plan import Planned, job_plan
from qtwin.projects.models import BackendStop, Project, Role, Source
from qtwin.projects.refusal import MICRO

SECONDS, DOLLARS = "s", "USD"
LEAST_S = 1e-3
"""What is free and instant still takes a moment, and a plan needs a price above 0."""
FEWEST_RUNS = 10
"""A budget that nobody states is that of as many runs of the dearest source."""
USUAL_SHOTS = 1000
HOUR_S = 3600.0
NOTHING_YET = "measured nothing yet, so the error is unknown; one run is enough"
Prices: TypeAlias = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """Prices in one unit.

    Attributes:
        unit: ``s`` or ``USD``; empty where a caller stated them in a unit of their own.
        prices: ``run`` and ``shot`` by source.
        dearest: Cost of the dearest usual run; 0 where a caller stated them.
        told: Where they come from, a sentence.
        left_out: Why a source is not on offer, by name.
    """

    unit: str = ""
    prices: Prices
    dearest: float = 0.0
    told: str = "as stated in the request"
    left_out: Mapping[str, str] = field(default_factory=dict)

    def budget(self, runs: int) -> float:
        """What so many runs of the dearest source cost, and at least ten."""
        return self.dearest * max(FEWEST_RUNS, runs)

    def document(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "unit": self.unit,
            "told": self.told,
            "prices": {
                name: {"per_run": price["run"], "per_shot": price.get("shot", 0.0)}
                for name, price in self.prices.items()
            },
            "not_on_offer": dict(self.left_out),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quote:
    """Of one run, with ``few`` shots and with ``many``; the same where it has none."""

    few: Cost
    many: Cost
    shots: tuple[int, int]

    def price(self, unit: str) -> dict[str, float]:
        low, high = (_value(cost, unit) for cost in (self.few, self.many))
        if self.shots[0] == self.shots[1]:
            return {"run": low, "shot": 0.0}
        shot = max(0.0, (high - low) / (self.shots[1] - self.shots[0]))
        return {"run": max(low - shot * self.shots[0], _value(Cost(), unit)), "shot": shot}


def project_pricing(
    project: Project, *, measured: Collection[str], without: Collection[str] = ()
) -> Pricing:
    """Prices of all sources that a job could run now, and of which a twin can foretell a run.

    Args:
        project: Whose sources.
        measured: Names of those that the twin has measurements of; it knows no other's bias.
        without: Names of sources that are not wanted.
    """
    quotes: dict[str, _Quote] = {}
    left_out: dict[str, str] = {}
    for source in project.sources.prefetch_related("revisions").order_by("name"):
        if source.name in without:
            continue
        if source.name not in measured and source.role != Role.REFERENCE:
            left_out[source.name] = NOTHING_YET
            continue
        try:
            quotes[source.name] = _quote(project, source)
        except BackendError as error:
            left_out[source.name] = str(error)
    paid = any(quote.many.money_micro_usd for quote in quotes.values())
    unit = DOLLARS if paid else SECONDS
    return Pricing(
        unit=unit,
        prices={name: quote.price(unit) for name, quote in quotes.items()},
        dearest=max((_value(quote.many, unit) for quote in quotes.values()), default=0.0),
        told=_told(quotes, unit),
        left_out=left_out,
    )


def _value(cost: Cost, unit: str) -> float:
    """A cost in the unit; never 0."""
    seconds = max(cost.seconds, LEAST_S)
    if unit == SECONDS:
        return seconds
    return cost.money_micro_usd / MICRO + seconds * _second_usd()


def _second_usd() -> float:
    return float(settings.CORE_HOUR_USD) / HOUR_S


def _told(quotes: Mapping[str, _Quote], unit: str) -> str:
    if unit == SECONDS:
        return "seconds of this machine, by the estimates of the backends; nothing costs money"
    lists = sorted({quote.many.prices for quote in quotes.values() if quote.many.prices})
    return (
        f"USD, by the price lists {', '.join(lists)}; a second of this machine, by the estimates "
        f"of the backends, counts {_second_usd():.2g} USD"
    )


def _quote(project: Project, source: Source) -> _Quote:
    """Estimate one run.

    Raises:
        BackendError: It cannot be run; the message is for people.
    """
    newest = (
        measurements_valid(project.pk)
        .filter(source_revision__source=source, job__isnull=False)
        .order_by("-pk")
        .first()
    )
    plan = _planned(project, source, newest)
    _check(project, source, plan)
    shots = plan.options.shots
    fewer = max(1, (shots or 0) // 4)
    few = replace(plan.options, shots=fewer)
    return _Quote(
        few=plan.cost if shots is None else plan.known.cost(plan.backend, few),
        many=plan.cost,
        shots=(0, 0) if shots is None else (fewer, shots),
    )


def _planned(project: Project, source: Source, newest: Measurement | None) -> Planned:
    middle = [(control.lower + control.upper) / 2 for control in project.controls.all()]
    shots = newest.shots if newest else None
    spec = JobSpec(
        source=source,
        points=[middle],
        knobs=newest.knobs if newest else {},
        shots=shots,
        force=True,
    )
    try:
        return job_plan(project, spec)
    except BackendError as error:
        if shots is not None or getattr(error, "field", "") != "/shots":
            raise
        return job_plan(project, replace(spec, shots=USUAL_SHOTS))


def _check(project: Project, source: Source, plan: Planned) -> None:
    able = plan.backend.capabilities
    if able.recorded:
        raise BackendError("its numbers are recorded; none can be added")
    for stop in BackendStop.objects.filter(Q(team=None) | Q(team=project.team_id)):
        if f"+{plan.backend.name}".endswith(f"+{stop.backend}"):
            raise BackendError(f"{plan.backend.name} is stopped{stop.why and f': {stop.why}'}")
    if able.paid and not project.paid_sources:
        raise BackendError("it costs money, and paid sources are off in this project")
    if able.paid and plan.cost.money_micro_usd <= 0:
        raise BackendError(f"no price is known for {plan.backend.name}")
    if not _opened(project, plan.backend):
        raise BackendError(f"the team has no credential for {plan.backend.name}")


def _opened(project: Project, backend: Backend) -> bool:
    """Whether the team has what its queue asks for."""
    queue = backend.capabilities.queue
    if queue is None or not queue.credential:
        return True
    return Credential.objects.filter(
        team=project.team_id, vendor=queue.credential, revoked_at=None
    ).exists()
