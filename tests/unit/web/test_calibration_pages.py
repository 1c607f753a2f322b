"""The pages of a team's calibrations: which devices, when, and how far they moved."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from backends.schema import CalibrationSnapshot, GateCalibration, QubitCalibration
from qtwin.accounts.models import Team, User
from qtwin.jobs.models import Calibration
from qtwin.jobs.services import calibration_learn

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 11, 1, 8, tzinfo=UTC)
DEVICE = "iqm/Garnet <1>"


def learn(team: Team, day: int, error: float, reads: float = 0.02) -> Calibration:
    qubit = QubitCalibration(t1_s=40e-6, reads_1_of_0=reads, reads_0_of_1=reads)
    snapshot = CalibrationSnapshot(
        device=DEVICE,
        identifier=f"day {day}",
        taken_at=FIRST + timedelta(days=day),
        qubits={0: qubit, 1: qubit},
        gates=(
            GateCalibration(name="1q", qubits=(0,), error=0.0004),
            GateCalibration(name="cz", qubits=(0, 1), error=error),
        ),
    )
    return calibration_learn(team=team, backend="braket", snapshot=snapshot)


def read(client: Client, address: str, code: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == code
    body: str = response.content.decode()
    assert " style=" not in body
    return body


def rows(body: str) -> list[str]:
    """The table's rows as text."""
    listed = body.partition('id="history"')[2] or body
    table = listed.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in table.split("</tr>")][:-1]


def drift(gates: int, *errors: float) -> str:
    change = abs(math.log1p(-4 * errors[0] / 3) - math.log1p(-4 * errors[1] / 3))
    return f"{100 * -math.expm1(-gates * change):.3g} %"


@pytest.fixture
def address(team: Team) -> str:
    return f"/teams/{team.pk}/calibrations"


def test_devices_lead_to_their_history(signed_in: Client, team: Team, address: str) -> None:
    assert "No calibrations yet" in read(signed_in, address)
    for day, error in ((0, 0.01), (2, 0.03), (1, 0.02)):
        learn(team, day, error)
    Calibration.objects.create(team=team, backend="braket", identifier="a name", device="x")
    body = read(signed_in, address)
    assert rows(body) == ["iqm/Garnet &lt;1&gt; braket 3 2026-11-03 08:00:00 UTC"]
    link = re.search(r'href="([^"]+device=[^"]+)"', body)
    assert link is not None
    history = rows(read(signed_in, link[1].replace("&amp;", "&")))
    assert [row[:23] for row in history] == [f"2026-11-0{day} 08:00:00 UTC" for day in (3, 2, 1)]
    assert "pairs 3 %, one qubit 0.04 %, readout 2 %, T1 40 µs" in history[0]
    assert history[0].endswith(f"{drift(10, 0.03, 0.02)} newest")
    assert history[1].endswith(f"{drift(10, 0.02, 0.01)} {drift(10, 0.03, 0.02)}")
    assert history[2].endswith(f"– {drift(10, 0.03, 0.01)}")


def test_the_drift_is_that_of_the_circuit_that_is_asked_for(
    signed_in: Client, team: Team, address: str
) -> None:
    learn(team, 0, 0.01)
    learn(team, 1, 0.01, reads=0.05)
    asked = f"{address}?backend=braket&device=iqm/Garnet%20%3C1%3E"
    assert rows(read(signed_in, f"{asked}&gates=50&qubits=0"))[0].endswith("0 % newest")
    change = 3 * (math.log1p(-0.04) - math.log1p(-0.1))
    shown = f"{100 * -math.expm1(-change):.3g} %"
    body = read(signed_in, f"{asked}&gates=0&qubits=3")
    assert rows(body)[0].endswith(f"{shown} newest")
    assert 'value="3"' in body
    for wrong in ("-1", "x", "1e3", "10001", "٣"):
        body = read(signed_in, f"{asked}&gates={wrong}", 400)
        assert "allowed: whole numbers from 0 to 10000" in body
        assert f'value="{wrong}"' in body


def test_a_device_without_gates_has_no_drift(signed_in: Client, team: Team, address: str) -> None:
    for day in (0, 1):
        snapshot = CalibrationSnapshot(
            device="quera/Aquila",
            identifier=f"day {day}",
            taken_at=FIRST + timedelta(days=day),
            facts={"lattice.positionErrorAbs": 1e-7},
        )
        calibration_learn(team=team, backend="aquila", snapshot=snapshot)
    found = rows(read(signed_in, f"{address}?backend=aquila&device=quera/Aquila"))
    assert [row.partition("UTC 2")[0][:10] for row in found] == ["2026-11-02", "2026-11-01"]
    assert "1 number of the device – newest" in found[0]
    assert found[1].endswith("– –")


def test_others_calibrations_are_not_there(
    client: Client, team: Team, stranger: User, viewer: User, address: str
) -> None:
    learn(team, 0, 0.01)
    asked = f"{address}?backend=braket&device=iqm/Garnet%20%3C1%3E"
    client.force_login(viewer)
    assert len(rows(read(client, asked))) == 1
    assert "Nothing known yet" in read(client, f"{address}?backend=ibm&device=x")
    client.force_login(stranger)
    read(client, asked, 404)


def test_the_page_of_a_device_maps_the_calibration_that_is_asked_for(
    signed_in: Client, team: Team, address: str
) -> None:
    old, _ = learn(team, 0, 0.01, reads=0.04), learn(team, 1, 0.03)
    page = f"{address}?backend=braket&device={quote(DEVICE)}"
    newest = read(signed_in, page)
    assert "Map of iqm/Garnet &lt;1&gt;" in newest
    assert "Qubit 0: Readout error 2 %" in newest
    assert "Qubit 0: Readout error 4 %" in read(signed_in, f"{page}&map={old.pk}")
    assert "Qubit 0: T1 40 µs" in read(signed_in, f"{page}&nodes=t1")
    assert "Qubit 0: Readout error 2 %" in read(signed_in, f"{page}&nodes=%3Cb%3E&map=x")
