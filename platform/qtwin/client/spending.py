"""Buying one job from a person's shell: agreed to in words, sent once, waited for."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import ROUND_UP, Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from backends.base import Backend, Handle
from backends.errors import BackendError, BackendUnavailable, CredentialRefused, OutcomeUnknown
from backends.remote import RemoteStatus, Report
from backends.schema import Experiment, Result, RunOptions
from qtwin.client import bell
from qtwin.client.wrong import WrongInput

EVERY_S = 2.0
ENDED = {RemoteStatus.COMPLETED, RemoteStatus.FAILED, RemoteStatus.CANCELLED}


class NotDone(Exception):
    """The vendor ended the job without a result."""


def agreed(price_micro_usd: int | None, yes: str | None) -> None:
    """Go on only if a person agreed to the price.

    Args:
        price_micro_usd: None where nobody knows it, which nobody can agree to.
        yes: Most USD that were agreed to beforehand; None to be asked.

    Raises:
        WrongInput: Nobody did.
    """
    if price_micro_usd is None:
        raise WrongInput(
            "there is no price to agree to; nothing was bought; allowed: where the vendor's price "
            "is public, or a table in backends/prices has yours",
            field="--spend",
        )
    cents = Decimal(price_micro_usd) / 1_000_000
    price = cents.quantize(Decimal("0.01"), rounding=ROUND_UP)
    if yes is not None:
        try:
            most = Decimal(yes)
        except InvalidOperation:
            raise WrongInput(f"{yes!r}; allowed: USD, such as {price}", field="--yes") from None
        if not most.is_finite() or most < cents:
            raise WrongInput(f"{yes} USD; the job may take {price} USD", field="--yes")
        return
    sys.stderr.write(f"This buys the job, for at most {price} USD. Type {price} to go on: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != str(price):
        raise WrongInput(f"not agreed to; nothing was bought; allowed: {price}", field="--spend")


def buy(
    backend: Backend, experiment: Experiment, options: RunOptions, *, wait_s: float
) -> dict[str, Any]:
    """Submit once, wait, and read the result.

    Raises:
        BackendUnavailable: Nothing was bought, or it has not ended yet; says which.
        NotDone: The job failed.
    """
    token = f"qtwin-check-{uuid4()}"
    handle = _sent(backend, experiment, options, token)
    sys.stderr.write(f"qtwin: bought {handle.remote_id}\n")
    report = _ended(backend, handle, wait_s)
    if report.payload is None:
        raise NotDone(f"{handle.remote_id} ended as {report.word}: {report.message or 'no reason'}")
    result = backend.parse(report.payload, experiment, options)
    return _told(handle, report, result)


def lines(bought: dict[str, Any]) -> list[str]:
    """The same for people."""
    cost = bought["cost_micro_usd"]
    paid = "not said yet" if cost is None else f"{cost / 1e6:.4f} USD"
    calibration = bought["calibration_id"] or "none"
    when = f" of {bought['calibrated_at']}" if bought["calibrated_at"] else ""
    return [
        f"{bought['observable']} = {bought['value']:.4g} ± {bought['std']:.2g} "
        f"(ideal {bought['ideal']:g})",
        f"cost {paid}",
        f"calibration {calibration}{when}",
    ]


def _sent(backend: Backend, experiment: Experiment, options: RunOptions, token: str) -> Handle:
    since = datetime.now(UTC) - timedelta(minutes=5)
    try:
        handle = backend.submit(experiment, options, token=token)
    except OutcomeUnknown as error:
        found = backend.find(token, since)
        if len(found) == 1:
            return found[0]
        raise BackendUnavailable(
            f"{error}; whether it was bought is unknown: look at the vendor for the tag {token}"
        ) from None
    if not isinstance(handle, Handle):
        raise TypeError(f"{backend.name} has no queue")
    return handle


def _ended(backend: Backend, handle: Handle, wait_s: float) -> Report:
    until = time.monotonic() + wait_s
    while True:
        word = "unknown"
        try:
            report = backend.fetch(handle)
            word = report.word
            if report.status in ENDED:
                return report
        except CredentialRefused:
            raise
        except BackendError as error:  # it was bought: ask again
            word = str(error)
        if time.monotonic() > until:
            raise BackendUnavailable(f"{handle.remote_id} was bought and has not ended: {word}")
        time.sleep(min(EVERY_S, max(0.0, wait_s)))


def _told(handle: Handle, report: Report, result: Result) -> dict[str, Any]:
    source = result.provenance
    errors = result.std_errors
    return {
        "remote_id": handle.remote_id,
        "observable": bell.OBSERVABLE,
        "value": float(result.values[0, 0]),
        "std": float(errors[0, 0]) if errors is not None else 0.0,
        "ideal": bell.IDEAL,
        "cost_micro_usd": report.cost_micro_usd,
        "qpu_seconds": report.qpu_seconds,
        "calibration_id": source.calibration_id,
        "calibrated_at": source.calibrated_at.isoformat() if source.calibrated_at else None,
    }
