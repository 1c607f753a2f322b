"""The report of a finished demo, as a person reads it."""

from __future__ import annotations

from typing import Any

import pytest

from qtwin.serve.terminal import Terminal, print_report


def report(*, control_unit: str, unit: str, reference: str = "ed") -> dict[str, Any]:
    """The least that is printed."""
    score = {"points": 89, f"rmse_{unit}": 8.3e-5, "coverage_95": 0.989, f"mean_width_{unit}": 1e-3}
    return {
        "project": {"name": "Ring"},
        "control": {"label": "Field", "unit": control_unit},
        "observable": {"unit": unit},
        "reference": reference,
        "left_out": "dmrg",
        "landmark": f"{reference}_at_1",
        "twin": {
            "version": {"number": 2},
            "table": [],
            "evidence": 3,
            "evidence_by_source": {"ed": 3},
            "claim": "calibrated",
        },
        "score": {
            "all": score,
            "without_dmrg": score,
            f"{reference}_at_1": -1.2879,
            "max_difference": {"ed": 1e-15},
        },
    }


@pytest.mark.parametrize(
    ("units", "said"),
    [
        (
            ("dimensionless", "dimensionless"),
            ("RMSE 0.083 × 10⁻³ against", "ED at field 1: -1.287900."),
        ),
        (("angstrom", "hartree"), ("RMSE 0.083 mHa against", "ED at field 1 Å: -1.287900 Ha.")),
    ],
)
def test_every_number_has_its_unit_or_none(
    capsys: pytest.CaptureFixture[str], units: tuple[str, str], said: tuple[str, str]
) -> None:
    print_report(Terminal(machine=False), report(control_unit=units[0], unit=units[1]))
    printed = " ".join(capsys.readouterr().out.split())
    for words in said:
        assert words in printed


def test_only_abbreviations_are_written_large(capsys: pytest.CaptureFixture[str]) -> None:
    document = report(control_unit="rad/us", unit="dimensionless", reference="evolution")
    print_report(Terminal(machine=False), document)
    assert "evolution at field 1 rad/µs: -1.287900." in capsys.readouterr().out
