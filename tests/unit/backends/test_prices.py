"""Price lists: dated, sourced, and silent about what they do not know."""

from __future__ import annotations

from datetime import date

import pytest

from backends.errors import ProgramRejected
from backends.prices import price_table, price_tables


def test_a_run_costs_its_task_and_each_of_its_shots() -> None:
    """10,000 shots on Garnet: 0.30 USD for the task and 10,000 times 0.00145 USD."""
    price = price_table("braket").price("iqm/Garnet")
    assert price.most(tasks=1, shots=10_000) == 14_800_000


def test_a_table_says_when_and_where_it_was_true() -> None:
    for table in price_tables("braket"):
        assert table.true_on <= date(2026, 12, 31)
        assert "https://" in table.source
        assert table.version == f"braket {table.true_on}"
        for price in table.devices.values():
            assert (price.task > 0 and price.shot > 0) != (price.minute > 0)


def test_a_simulator_costs_its_seconds() -> None:
    """0.075 USD per minute, rounded up to a micro-USD."""
    price = price_table("braket").price("amazon/sv1")
    assert price.most(tasks=1, shots=1000, seconds=3.0) == 3_750
    assert price.most(tasks=1, shots=1000, seconds=0.001) == 2


def test_the_table_of_an_earlier_day_is_found_and_none_is_invented() -> None:
    first = price_tables("braket")[0]
    assert price_table("braket", on=first.true_on) is first
    with pytest.raises(ProgramRejected, match="2019-01-01"):
        price_table("braket", on=date(2019, 1, 1))


def test_a_vendor_without_a_list_has_no_price() -> None:
    with pytest.raises(ProgramRejected, match="no price"):
        price_table("nobody")


def test_a_qpu_that_is_sold_by_time_costs_its_seconds() -> None:
    """Half a minute at 1.60 USD a second; a part of a millionth is not given away."""
    price = price_table("ibm").price("pay-as-you-go")
    assert price.most(tasks=1, shots=0, seconds=30.0) == 48_000_000
    assert price.most(tasks=1, shots=0, seconds=1e-7) == 1


def test_a_device_that_the_table_does_not_know_is_refused() -> None:
    with pytest.raises(ProgramRejected, match="iqm/Garnet"):
        price_table("braket").price("iqm/Nowhere")
