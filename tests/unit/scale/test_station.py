"""Queues against their closed forms."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest

from infra.scale.arrivals import times, work
from infra.scale.station import serve

COUNT = 200_000


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(7)


def _batch_means(waits: np.ndarray, batches: int = 40) -> tuple[float, float]:
    """The mean and its error; neighbours wait alike, so stretches are compared."""
    means = np.array([part.mean() for part in np.array_split(waits, batches)])
    return float(means.mean()), float(means.std(ddof=1) / np.sqrt(batches))


@pytest.mark.parametrize("busy", [0.3, 0.7])
def test_one_server_waits_as_pollaczek_and_khinchine_say(
    busy: float, draw: np.random.Generator
) -> None:
    at = times(busy, for_s=COUNT / busy, together=1, draw=draw)
    for seconds, square in ((draw.exponential(1.0, at.size), 2.0), (np.ones(at.size), 1.0)):
        mean, error = _batch_means(serve(at, seconds, servers=1).seconds)
        assert mean == pytest.approx(busy * square / (2 * (1 - busy)), abs=4 * error)


def test_many_servers_wait_as_erlang_says(draw: np.random.Generator) -> None:
    servers, offered = 4, 3.0
    at = times(offered, for_s=COUNT / offered, together=1, draw=draw)
    waits = serve(at, draw.exponential(1.0, at.size), servers=servers)
    mean, error = _batch_means(waits.seconds)
    last = offered**servers / factorial(servers) * servers / (servers - offered)
    waiting = last / (sum(offered**k / factorial(k) for k in range(servers)) + last)
    assert mean == pytest.approx(waiting / (servers - offered), abs=4 * error)
    assert waits.busy == pytest.approx(offered / servers, rel=0.02)


def test_one_server_of_many_is_the_same_queue(draw: np.random.Generator) -> None:
    at = times(0.8, for_s=2000, together=3, draw=draw)
    seconds = work(at.size, mean_s=1.0, spread=1.0, draw=draw)
    free, waits = 0.0, []
    for arrived, service in zip(at, seconds, strict=True):
        waits.append(max(free - arrived, 0.0))
        free = max(free, arrived) + service
    np.testing.assert_allclose(serve(at, seconds, servers=1).seconds, waits, atol=1e-9)


def test_arrivals_together_keep_the_rate_and_come_at_once(draw: np.random.Generator) -> None:
    at = times(50.0, for_s=2000, together=20, draw=draw)
    assert at.size == pytest.approx(100_000, rel=0.05)
    assert np.unique(at).size == pytest.approx(at.size / 20, rel=0.05)


def test_work_has_the_mean_that_was_asked_for(draw: np.random.Generator) -> None:
    seconds = work(COUNT, mean_s=8.0, spread=1.0, draw=draw)
    assert seconds.mean() == pytest.approx(8.0, abs=4 * seconds.std() / COUNT**0.5)


def test_a_station_without_servers_is_refused() -> None:
    with pytest.raises(ValueError, match="servers = 0; allowed: 1 or more"):
        serve(np.zeros(1), np.ones(1), servers=0)
