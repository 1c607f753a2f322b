"""What the web process does with a paid backend needs neither its SDK nor an engine."""

from __future__ import annotations

import subprocess
import sys

import pytest

from backends.testing import ENGINES

CODE = """
import sys
from backends import registry
from backends.schema import RunOptions
from tests.contract.cases import experiment_of

backend, options = registry.get({name!r}), RunOptions(shots=100)
experiment = experiment_of({method!r}, settings={settings!r})
backend.check(experiment, options)
assert backend.estimate(experiment, options).money_micro_usd > 0
assert backend.most_points(experiment, options)
print(*(set({engines!r}) & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("name", "method", "settings"),
    [
        ("braket", "kicked", {"device": "iqm/Garnet"}),
        ("braket", "vqe", {"device": "iqm/Garnet"}),
        ("aquila", "ahs", {}),
        ("ibm", "trotter", {"device": "ibm_kingston"}),
        ("ibm", "vqe", {"device": "ibm_kingston", "primitive": "estimator"}),
    ],
)
def test_checks_and_estimates_load_no_engine(
    name: str, method: str, settings: dict[str, str]
) -> None:
    engines = (*ENGINES, "boto3", "botocore")
    code = CODE.format(name=name, method=method, settings=settings, engines=engines)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
