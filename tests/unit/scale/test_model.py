"""What is full first, what must be bought, and what may be asked."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from infra.scale import report
from infra.scale.busy_hour import BUSY, stations
from infra.scale.saturation import FINE, saturation
from infra.scale.service_times import ServiceTimes
from infra.scale.sizing import fewest, size
from infra.scale.workload import HERE, Prices, Workload

TIMES = ServiceTimes(
    submit_s=0.02,
    submit_database_s=0.005,
    ledger_s=0.01,
    steps_s=0.02,
    steps_database_s=0.01,
    share_s=0.0,
    share_database_s=0.0,
    page_s=0.02,
    page_database_s=0.004,
    fit_s=2.0,
    fit_database_s=0.05,
    message_s=2e-5,
    event_s=2e-5,
    events=6.0,
    job_bytes=4000.0,
    point_bytes=500.0,
    wal_bytes=20_000.0,
    machine="none",
)
WORKLOAD = Workload.read()


def test_the_stations_are_offered_what_people_do_times_what_it_takes() -> None:
    offered = {one.name: one.offered for one in stations(TIMES, WORKLOAD, load=1.0)}
    jobs, pages = WORKLOAD.jobs_per_s, WORKLOAD.pages_per_s
    assert jobs == pytest.approx(1e8 * 3 / (8766 * 3600))
    assert pages == pytest.approx(100_000 * 0.06 * 40 / 3600)
    assert offered["web"] == pytest.approx(pages * 0.02 + jobs * (0.02 + 6 * 2e-5))
    assert offered["database"] == pytest.approx(pages * 0.004 + jobs * (0.015 + 0.05 * 0.05))
    assert offered["fits"] == pytest.approx(jobs * 0.05 * 2.0)


def test_a_station_is_full_where_its_servers_have_no_room_left() -> None:
    full = saturation(TIMES, WORKLOAD, seed=1)
    loads = [one.load for one in full if one.load is not None]
    assert loads == sorted(loads)
    for one in full:
        assert one.load is not None
        assert one.load <= FINE * BUSY / (one.station.offered / one.station.servers)
    slow = replace(TIMES, share_database_s=0.01)
    first, *_ = saturation(slow, WORKLOAD, seed=1)
    assert first.station.name == "database"
    assert first.load is not None
    assert first.load < 4


def test_one_server_fewer_than_the_fewest_is_too_few() -> None:
    for one in stations(TIMES, WORKLOAD, load=1.0):
        if one.grows:
            servers = fewest(one, seed=1)
            assert not one.is_full(seed=1, servers=servers)
            assert servers == 1 or one.is_full(seed=1, servers=servers - 1)


def test_sizes_and_prices_follow_from_the_workload() -> None:
    sizing = size(TIMES, WORKLOAD, Prices.read(), seed=1)
    assert sizing.database_gb == pytest.approx(1e8 * (4000 + 6 * 500) / 1e9)
    assert sizing.wal_mb_s == pytest.approx(WORKLOAD.jobs_per_s * 0.02)
    assert sizing.usd_a_year["database disk"] == pytest.approx(sizing.database_gb * 0.23 * 12)
    assert sizing.shards == 1


def test_the_answer_is_text_and_json(tmp_path: Path) -> None:
    TIMES.write(tmp_path / "times.json")
    times = ServiceTimes.read(tmp_path / "times.json")
    assert times == TIMES
    full, sizing = saturation(times, WORKLOAD, seed=1), size(times, WORKLOAD, Prices.read(), seed=1)
    found = json.loads(json.dumps(report.document(times, WORKLOAD, full, sizing)))
    assert found["stations"][0]["full_at_load"] == full[0].load
    text = report.text(times, WORKLOAD, full, sizing)
    assert full[0].station.name in text
    assert "at assumed prices" in text


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("points = 6.0", "points = 0", "[jobs] points = 0; allowed: a positive number"),
        ("points = 6.0", "points = true", "[jobs] points = True"),
        ("points = 6.0", "", "[jobs]: missing or unknown points"),
        ("points = 6.0", "points = 6.0\nspeed = 1", "[jobs]: missing or unknown speed"),
        ("[people]", "[extra]\n[people]", "unknown extra; people, jobs, deployment are known"),
    ],
)
def test_a_wrong_workload_is_refused_by_name(
    was: str, becomes: str, says: str, tmp_path: Path
) -> None:
    text = (HERE / "workload.toml").read_text(encoding="utf-8")
    assert was in text
    (tmp_path / "w.toml").write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(says)):
        Workload.read(tmp_path / "w.toml")
