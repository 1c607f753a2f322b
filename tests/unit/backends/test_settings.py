"""Settings that are numbers in a range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends.base import Backend, Capabilities, Kind
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from backends.setting import Between, allowed_values


class _Noisy(Backend):
    name = "noisy"
    capabilities = Capabilities(
        kind=Kind.SIMULATOR,
        methods=("vqe",),
        exact=True,
        settings=(("noise", Between(0.0, 1.0)), ("engine", ("a", "b")), ("note", None)),
    )

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        raise NotImplementedError


@pytest.mark.parametrize("value", [0, 1, 0.25, np.float64(0.5)])
def test_a_number_in_the_range_is_allowed(value: Any) -> None:
    _Noisy().check_settings({"noise": value})


@pytest.mark.parametrize("value", [-0.1, 1.01, True, "0.5", None, float("nan"), [0.5], {}, 10**400])
def test_anything_else_is_refused_with_the_range(value: Any) -> None:
    with pytest.raises(
        ProgramRejected, match=r"noise = .*; allowed: a number from 0 to 1"
    ) as found:
        _Noisy().check_settings({"noise": value})
    assert found.value.field == "/settings/noise"


def test_what_a_setting_allows_has_a_json_form() -> None:
    shown = {name: allowed_values(allowed) for name, allowed in _Noisy.capabilities.settings}
    assert shown == {"noise": {"lower": 0.0, "upper": 1.0}, "engine": ["a", "b"], "note": None}
