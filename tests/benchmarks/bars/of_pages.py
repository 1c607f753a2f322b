"""Bars of pages in a browser, of long campaigns, and of one team beside another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.benchmarks.bars.bar import Bar

_paint = partial(
    Bar,
    by="test_dashboard_bars.py::test_pages_paint_at_once_with_many_jobs",
    at_most=500,
    unit="ms",
)
_chart = partial(Bar, by="test_chart_bars.py::test_ten_thousand_points_in_a_chart", unit="ms")
_fair = partial(
    Bar, by="test_fairness.py::test_another_teams_p95_stays_within_twice_of_what_it_was"
)
PAGES_PAINTED = ("jobs", "jobs that failed", "projects", "a project", "a job")
MOVES = {"hovering": 50, "zooming": 150, "moving along": 150}
"""The longest task of each, in milliseconds."""


def _painted() -> Iterator[Bar]:
    for page in PAGES_PAINTED:
        yield _paint(name=f"{page} served", what=f"page of {page}, 10⁵ jobs: time of the server")
        yield _paint(name=f"{page} painted", what=f"page of {page}, 10⁵ jobs: first paint")


def _drawn() -> Iterator[Bar]:
    yield _chart(name="chart painted", what="first paint of a project with 10⁴ points",
                 at_most=500)  # fmt: skip
    yield _chart(name="chart drawn", what="until its chart is drawn", at_most=3000)
    for move, longest in MOVES.items():
        yield _chart(name=f"{move} work", what=f"{move}: work in each frame", at_most=17)
        yield _chart(name=f"{move} frames", what=f"{move}: 95 % of frames within", at_most=34)
        yield _chart(name=f"{move} longest", what=f"{move}: longest task", at_most=longest)


PAGES = (
    *_painted(),
    *_drawn(),
    Bar(name="assets", what="assets of the heaviest page, as sent", at_most=200, unit="kB",
        by="test_dashboard_bars.py::test_the_heaviest_page_is_light"),
    Bar(name="campaign", what="a campaign of 10⁴ points is accepted", at_most=1.0, unit="s",
        by="test_campaign.py::test_ten_thousand_points_outlive_everything"),
    _fair(name="hammer asks", what="requests of one token in a minute", at_least=10_000),
    _fair(name="hammer refused", what="of these refused, share", at_least=0.8),
    _fair(name="hammer p95", what="another team's p95, meanwhile / when it is quiet",
          at_most=2.0),
)  # fmt: skip
