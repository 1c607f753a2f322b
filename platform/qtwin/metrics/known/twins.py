"""How well the twins' error bars hold, over all projects: no metric names one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import OuterRef, Subquery
from prometheus_client.core import Metric

from qtwin.metrics.known.family import Family
from qtwin.twins.models import Twin, TwinFit, TwinVersion

MOST = 10_000
BANDS = ((0.8, "below_0.80"), (0.9, "0.80_to_0.90"), (2.0, "0.90_and_more"))
UNKNOWN = "unknown"

COVERAGE = Family(
    name="qtwin_twin_coverage",
    about="Fits of latest versions by the share of references that their 95 % intervals held when "
    "each was left out; unknown where there are none",
    labels=("band",),
)
CLAIMS = Family(
    name="qtwin_twin_claims",
    about="Fits of latest versions by what they claim, such as anchored or unanchored",
    labels=("claim",),
)
PROBLEMS = Family(
    name="qtwin_twins_with_problem", about="Twins whose newest evidence could not be fitted"
)
FAMILIES = (COVERAGE, CLAIMS, PROBLEMS)


def read() -> Iterator[Metric]:
    bands = Counter({name: 0 for _, name in BANDS} | {UNKNOWN: 0})
    claims: Counter[str] = Counter()
    for claim, covered in _fits():
        claims[claim] += 1
        bands[_band(covered)] += 1
    yield COVERAGE.of(((band,), float(n)) for band, n in bands.items())
    yield CLAIMS.of(((claim,), float(n)) for claim, n in claims.items())
    kept = Twin.objects.filter(project__deleted_at=None)
    yield PROBLEMS.of([((), float(kept.exclude(problem="").count()))])


def _fits() -> Iterator[tuple[str, float | None]]:
    """Two queries: a join over all versions would read each of them."""
    newest = TwinVersion.objects.filter(twin=OuterRef("pk")).order_by("-number").values("pk")[:1]
    twins = Twin.objects.filter(project__deleted_at=None).annotate(newest=Subquery(newest))
    versions = [pk for pk in twins.values_list("newest", flat=True)[:MOST] if pk is not None]
    fits = TwinFit.objects.filter(version__in=versions).order_by()
    yield from fits.values_list("claim", "scores__coverage_95")


def _band(covered: float | None) -> str:
    if covered is None:
        return UNKNOWN
    return next(name for bound, name in BANDS if covered < bound)
