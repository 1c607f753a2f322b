"""Systems that are written out before there is a project of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backends import systems
from backends.methods.preview import written_out
from backends.systems.pauli import PauliWord
from qtwin.accounts.models import User
from qtwin.projects.demo import H2, ISING
from qtwin.projects.models import Preview
from qtwin.projects.selectors import previews_due
from qtwin.projects.services import TooManyPreviews, preview_ask, preview_claim, preview_end
from qtwin.projects.services.preview import KEPT_FOR, MOST_OF_ONE
from workers import preview
from workers.sweeper import Sweeper

pytestmark = pytest.mark.django_db(transaction=True)

BELL = """OPENQASM 3.0;
include "stdgates.inc";
input float a;
qubit[2] q;
h q[0];
cx q[0], q[1];
ry(a) q[1];
"""


def circuit(qasm: str) -> dict[str, Any]:
    return {
        "kind": "parametric_circuit",
        "schema_version": 1,
        "qasm": qasm,
        "observables": [{"name": "zz", "pauli": {"ZZ": 1}}],
        "controls": [{"name": "a", "unit": "rad", "lower": 0.0, "upper": 3.0}],
    }


def made(document: dict[str, Any]) -> Preview:
    row = preview_ask(systems.load(document).to_dict())
    for due in previews_due(10):
        preview.make(str(due))
    row.refresh_from_db()
    return row


@pytest.fixture(scope="module", autouse=True)
def _sandbox() -> Any:
    yield
    preview.sandbox().close()


def test_hydrogen_is_fifteen_pauli_words_on_four_qubits() -> None:
    row = made(H2.system)
    assert row.outcome == Preview.Outcome.DONE, row.detail
    assert (row.answer["qubits"], row.answer["count"]) == (4, 15)  # Seeley et al. 2012, eq. 79
    assert len(row.answer["terms"]) == 15
    assert row.answer["constant"]
    assert previews_due(10) == []


def test_the_same_system_is_written_out_once() -> None:
    first = made(H2.system)
    again = preview_ask(systems.load(H2.system).to_dict())
    assert again.pk == first.pk
    assert again.outcome == Preview.Outcome.DONE


def test_a_circuit_is_counted() -> None:
    answer = made(circuit(BELL)).answer
    assert (answer["qubits"], answer["gates"], answer["depth"]) == (2, 3, 3)
    assert sorted(answer["by_name"]) == [["cx", 1], ["h", 1], ["ry", 1]]


def test_what_only_a_parser_sees_is_told_with_its_line() -> None:
    row = made(circuit(BELL.replace("cx q[0], q[1];", "cx q[0], q[2];")))
    assert row.outcome == Preview.Outcome.REFUSED
    assert row.field == "/qasm"
    assert "line 6" in row.detail


def test_a_large_molecule_is_refused_before_any_integral() -> None:
    large = {**H2.system, "basis": "cc-pvqz"}
    row = made(large)
    assert row.outcome == Preview.Outcome.REFUSED
    assert "allowed: at most 12" in row.detail


def test_a_ring_of_six_spins_has_twelve_terms() -> None:
    told = written_out(systems.load(ISING.system))
    assert (told["qubits"], told["count"], told["constant"]) == (6, 12, False)
    assert told["norm"] == pytest.approx(6 * 1.0 + 6 * 1.0)
    assert PauliWord.read(told["terms"][0][0], 6).support


def test_who_asks_when_many_wait_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qtwin.projects.services.preview.MOST_OPEN", 0)
    with pytest.raises(TooManyPreviews, match="look again"):
        preview_ask(systems.load(ISING.system).to_dict())


def test_nobody_keeps_the_others_waiting() -> None:
    ada, eve = (User.objects.create_user(f"{name}@example.org", name) for name in ("ada", "eve"))
    for sites in range(2, 2 + MOST_OF_ONE):
        preview_ask({"sites": sites}, by=ada)
    with pytest.raises(TooManyPreviews, match="4 systems that you asked for"):
        preview_ask({"sites": 90}, by=ada)
    assert preview_ask({"sites": 2}, by=ada).asked_by == ada
    assert preview_ask({"sites": 90}, by=eve).asked_by == eve
    Preview.objects.filter(asked_by=ada).update(outcome=Preview.Outcome.DONE)
    assert preview_ask({"sites": 91}, by=ada).asked_by == ada


def test_a_worker_that_dies_leaves_it_to_another_one_and_three_end_it() -> None:
    row = preview_ask(systems.load(H2.system).to_dict())
    for _ in range(3):
        assert preview_claim(row.pk, lease_s=60) is not None
        assert preview_claim(row.pk, lease_s=60) is None
        Preview.objects.update(lease_until="1970-01-01T00:00:00Z")
    assert preview_claim(row.pk, lease_s=60) is None
    row.refresh_from_db()
    assert (row.outcome, row.detail) == (Preview.Outcome.REFUSED, "3 workers died of it")


def test_the_sweeper_hints_at_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    hinted: list[str] = []
    monkeypatch.setattr("workers.dispatch.preview", hinted.append)
    row = preview_ask(systems.load(H2.system).to_dict())
    Sweeper().sweep()
    assert hinted == [str(row.pk)]


def test_what_was_written_out_long_ago_is_forgotten() -> None:
    old = preview_ask({"kind": "circuit", "qasm": "of somebody who is gone"})
    long_ago = timezone.now() - KEPT_FOR - timedelta(minutes=1)
    Preview.objects.update(outcome=Preview.Outcome.DONE, created_at=long_ago)
    new = preview_claim(preview_ask(ISING.system).pk, lease_s=60)
    assert new is not None
    assert preview_end(new, outcome=Preview.Outcome.DONE)
    assert [row.pk for row in Preview.objects.all()] == [new.pk] != [old.pk]
