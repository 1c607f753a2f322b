"""Options of a vendor do what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backends.schema import RunOptions
from tests.contract.remote.test_numbers import X0, circuit, run
from tests.contract.remote.vendor import Vendor

MANY = RunOptions(shots=20_000, seed=5)


@pytest.mark.vendors("option")
def test_an_option_that_is_on_gives_other_numbers_than_off(vendor: Vendor) -> None:
    """By more than five standard errors, on qubits that are read wrongly at times."""
    option = vendor.option
    assert option is not None
    vendor.noise()
    found = {}
    for value in (option.off, option.on):
        settings = {**option.given, option.name: value}
        found[value] = run(vendor, replace(circuit(X0, [[], []]), settings=settings), MANY)
    off, on = found[option.off], found[option.on]
    errors = np.hypot(off.std_errors, on.std_errors)
    assert (np.abs(on.values - off.values) / errors).max() > 5.0
