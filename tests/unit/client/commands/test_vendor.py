"""``qtwin vendor check`` against the loopback servers, through the vendors' real clients."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from backends import prices
from backends.prices import Price, PriceTable
from backends.qpu import google_offer
from qtwin.client import bell, spending
from qtwin.client.main import AWAY, FAILED, FINE, WRONG, main
from tests.contract.remote.braket import BraketGates
from tests.contract.remote.fault import Fault
from tests.contract.remote.google import Google
from tests.contract.remote.ibm import SECRET as IBM_SECRET
from tests.contract.remote.ibm import Ibm
from tests.contract.remote.vendor import Vendor
from tests.docs.fences import blocks
from tests.unit.backends.qpu.google_case import SECRET as GOOGLE_SECRET
from tests.vendors.braket.keys import SECRET as BRAKET_SECRET

SECRETS = {"braket": BRAKET_SECRET, "google": GOOGLE_SECRET, "ibm": IBM_SECRET}
DEVICES = {"braket": "iqm/Garnet", "google": "willow_pink", "ibm": "ibm_loopback"}
CONTRACT = PriceTable(
    vendor="google",
    true_on=date(2026, 11, 1),
    source="a contract",
    devices={"willow_pink": Price(task=300_000, shot=10)},
)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(params=[BraketGates, Google, Ibm], ids=lambda kind: str(kind.title))
def vendor(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Vendor]:
    monkeypatch.setattr(spending, "EVERY_S", 0.05)
    with request.param.started(tmp_path, monkeypatch.setenv) as vendor:
        (tmp_path / "key.json").write_text(SECRETS[vendor.title])
        monkeypatch.chdir(tmp_path)
        yield vendor


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has a contract with Google has a price."""
    known = prices.price_tables

    def tables(vendor: str) -> tuple[PriceTable, ...]:
        return (CONTRACT,) if vendor == "google" else known(vendor)

    for module in (prices, google_offer):
        monkeypatch.setattr(module, "price_tables", tables)


@pytest.fixture
def run(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*more: str) -> tuple[int, str, str]:
        status = main(["vendor", "check", vendor.title, "--credential", "key.json", *more])
        said = capsys.readouterr()
        assert vendor.canary not in said.out + said.err
        return status, said.out, said.err

    return call


def test_it_tells_devices_and_a_price_and_buys_nothing(vendor: Vendor, run: Run) -> None:
    status, out, _ = run()
    assert status == FINE
    assert f"{DEVICES[vendor.title]:<24} online" in out
    assert "one Bell circuit, 100 shots" in out
    assert "nothing was bought" in out
    assert vendor.posts == []


def test_the_command_of_the_docs_buys_nothing(vendor: Vendor) -> None:
    (session,) = blocks("credentials.md", "console")
    program, *words = shlex.split(session.removeprefix("$ "))
    assert program == "qtwin"
    assert main([word if word not in DEVICES else vendor.title for word in words]) == FINE
    assert vendor.posts == []


@pytest.mark.usefixtures("priced")
def test_a_job_that_is_agreed_to_is_bought_once_and_read(vendor: Vendor, run: Run) -> None:
    device = DEVICES[vendor.title]
    status, out, err = run("--device", device, "--spend", "--yes", "20", "--json")
    assert status == FINE
    report = json.loads(out)
    bought = report["bought"]
    assert vendor.runs == [bought["remote_id"]]
    assert bought["remote_id"] in err
    assert len(vendor.posts) == 1
    assert bought["value"] == pytest.approx(bell.IDEAL)
    assert 0 < bought["cost_micro_usd"] <= report["estimate"]["most_micro_usd"]
    assert bought["calibration_id"]
    assert bought["calibrated_at"]


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("typed", ["", "yes\n", "0.01\n"])
def test_without_the_amount_typed_nothing_is_bought(
    vendor: Vendor, run: Run, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    status, _, err = run("--spend")
    assert status == WRONG
    assert "nothing was bought" in err
    assert vendor.posts == []


@pytest.mark.parametrize("vendor", [Google], indirect=True, ids=["google"])
@pytest.mark.parametrize("more", [("--spend",), ("--spend", "--yes", "1000"), ()])
def test_what_has_no_price_is_said_so_and_never_bought(
    vendor: Vendor, run: Run, more: tuple[str, ...]
) -> None:
    status, out, err = run(*more)
    assert status == (WRONG if more else FINE)
    assert "on willow_pink: no price is known" in out
    assert ("there is no price to agree to; nothing was bought" in err) == bool(more)
    assert "--spend" not in out
    assert vendor.posts == []
    report = json.loads(run("--json")[1])
    assert report["estimate"] == {"device": "willow_pink", "shots": 100, "most_micro_usd": None}


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("yes", ["0.0001", "much", "nan"])
def test_an_amount_below_the_price_buys_nothing(vendor: Vendor, run: Run, yes: str) -> None:
    status, _, err = run("--spend", "--yes", yes)
    assert (status, "--yes" in err) == (WRONG, True)
    assert vendor.posts == []


@pytest.mark.parametrize(("fault", "expected"), [(Fault.REFUSED, WRONG), (Fault.BROKEN_READ, AWAY)])
def test_a_refused_key_and_a_vendor_that_is_away_are_told_apart(
    vendor: Vendor, run: Run, fault: Fault, expected: int
) -> None:
    vendor.switch(fault)
    assert run()[0] == expected


@pytest.mark.usefixtures("priced")
def test_a_lost_answer_is_found_again_and_not_bought_twice(vendor: Vendor, run: Run) -> None:
    vendor.switch(Fault.DROP_AFTER)
    status, out, _ = run(*("--device", DEVICES[vendor.title], "--spend", "--yes", "20"))
    assert status == FINE
    assert "correlation = 1" in out
    assert len(vendor.posts) == len(vendor.runs) == 1


@pytest.mark.usefixtures("priced")
def test_a_job_that_fails_and_one_that_takes_long_are_told(vendor: Vendor, run: Run) -> None:
    own = ("--device", DEVICES[vendor.title], "--spend", "--yes", "20", "--wait", "0.1")
    vendor.switch(Fault.SLOW)
    status, _, err = run(*own)
    assert (status, "was bought and has not ended" in err) == (AWAY, True)
    vendor.switch(Fault.FAILED)
    assert run(*own[:-1], "60")[0] == FAILED


def test_a_wrong_device_and_a_wrong_key_are_named(
    vendor: Vendor, run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, _, err = run("--device", "acme/one")
    assert (status, f"allowed: {DEVICES[vendor.title]}"[:9] in err) == (WRONG, True)
    (tmp_path / "key.json").write_text(json.dumps({"token": vendor.canary}))
    status, _, err = run()
    assert (status, "--credential" in err) == (WRONG, True)
    assert main(["vendor", "check", vendor.title]) == WRONG
    assert f"QTWIN_{vendor.title.upper()}_CREDENTIAL" in capsys.readouterr().err
