"""``qtwin vendor check``: what a key to a vendor opens, before anything is spent."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from backends import registry
from backends.base import Backend
from backends.device_status import DeviceState, DeviceStatus
from backends.errors import BackendUnavailable, CredentialRefused, ProgramRejected
from backends.schema import Experiment, RunOptions
from qtwin.client import bell, spending
from qtwin.client.wrong import WrongInput

BACKENDS = {"braket": ("braket", "aquila"), "google": ("google",), "ibm": ("ibm",)}
"""The first runs the circuit."""
NO_PRICE = "no price is known here, so that it cannot be bought"
ENVIRONMENT = "QTWIN_{}_CREDENTIAL"
MOST_BYTES = 4096


def add(commands: Any) -> None:
    """Add the command to a parser."""
    group = commands.add_parser("vendor", help="look at a vendor with your own key")
    actions = group.add_subparsers(required=True, metavar="ACTION")
    parser = actions.add_parser("check", help="authentication, devices, and what a job would cost")
    parser.add_argument("vendor", choices=sorted(BACKENDS))
    parser.add_argument(
        "--credential",
        metavar="FILE",
        help="the vendor's JSON document, - reads it; else QTWIN_BRAKET_CREDENTIAL, "
        "QTWIN_GOOGLE_CREDENTIAL or QTWIN_IBM_CREDENTIAL",
    )
    parser.add_argument("--device", metavar="NAME", help="the cheapest one online by default")
    parser.add_argument(
        "--spend", action="store_true", help="buy one Bell circuit, once you have typed its price"
    )
    parser.add_argument(
        "--yes", metavar="USD", help="with --spend: agreed to, without being asked, up to this"
    )
    parser.add_argument(
        "--wait", type=float, default=600.0, metavar="S", help="for the bought job (600)"
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help="as JSON")
    parser.set_defaults(run=check)


def check(given: argparse.Namespace) -> None:
    """Ask the vendor for its devices and reckon the cheapest job; buy it if that is wished.

    Raises:
        WrongInput: The key has another form or is refused, an argument is wrong, or it is to buy
            what has no price.
        BackendUnavailable: The vendor cannot be asked now, or nothing is online.
    """
    secret = _secret(given)
    names = BACKENDS[given.vendor]
    try:
        seen = {name: _asked(name, secret) for name in names}
        report: dict[str, Any] = {
            "vendor": given.vendor,
            "authenticated": True,
            "devices": [
                {"backend": name, **one.to_dict()} for name, rows in seen.items() for one in rows
            ],
        }
        _say(given, *(_line(one) for rows in seen.values() for one in rows))
        backend = _opened(names[0], secret)
        experiment, options, price = _cheapest(backend, seen[names[0]], given.device)
        report["estimate"] = {
            "device": experiment.settings["device"],
            "shots": options.shots,
            "most_micro_usd": price,
        }
        device = experiment.settings["device"]
        most = NO_PRICE if price is None else f"at most {price / 1e6:.2f} USD"
        _say(given, f"one Bell circuit, {options.shots} shots, on {device}: {most}")
        if given.spend:
            spending.agreed(price, given.yes)
            bought = spending.buy(backend, experiment, options, wait_s=given.wait)
            report["bought"] = bought
            _say(given, *spending.lines(bought))
        else:
            more = "" if price is None else "; --spend buys it"
            _say(given, f"nothing was bought{more}")
    except CredentialRefused as error:
        raise WrongInput(f"{given.vendor} refuses the key: {error}", field="--credential") from None
    if given.as_json:
        print(json.dumps(report, indent=2))  # noqa: T201


def _secret(given: argparse.Namespace) -> str:
    """From the file, or from the environment; never from an argument, which others can see.

    Raises:
        WrongInput: There is none, or it has another form.
    """
    variable = ENVIRONMENT.format(given.vendor.upper())
    name = given.credential
    if name is None and variable not in os.environ:
        raise WrongInput(f"none; allowed: a file, or {variable}", field="--credential")
    try:
        if name is None:
            text = os.environ[variable]
        else:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise WrongInput(f"{name}: {reason}", field="--credential") from None
    if len(text) > MOST_BYTES:
        raise WrongInput(f"longer than {MOST_BYTES} characters", field="--credential")
    try:
        registry.get(BACKENDS[given.vendor][0]).recognise(text)
    except CredentialRefused as error:
        raise WrongInput(str(error), field="--credential") from None
    return text


def _opened(name: str, secret: str) -> Backend:
    backend = registry.get(name)
    backend.authorise(secret)
    return backend


def _asked(name: str, secret: str) -> tuple[DeviceStatus, ...]:
    return _opened(name, secret).devices()


def _cheapest(
    backend: Backend, devices: tuple[DeviceStatus, ...], wanted: str | None
) -> tuple[Experiment, RunOptions, int | None]:
    """The circuit on the device that is asked for, or on the cheapest, and its price if known.

    Raises:
        WrongInput: No such device, or the circuit does not run there.
        BackendUnavailable: None is online.
    """
    online = [one.name for one in devices if one.state is DeviceState.ONLINE]
    if wanted is not None and wanted not in {one.name for one in devices}:
        names = ", ".join(one.name for one in devices) or "none"
        raise WrongInput(f"{wanted!r}; allowed: {names}", field="--device")
    if wanted is not None and wanted not in online:
        raise BackendUnavailable(f"{wanted} is not online")
    options, found, refused = RunOptions(shots=bell.SHOTS), [], ""
    for name in online if wanted is None else [wanted]:
        asked = replace(bell.experiment(), settings={"device": name})
        try:
            backend.check(asked, options)
        except ProgramRejected as error:
            if wanted is not None:
                raise WrongInput(str(error), field="--device") from None
            refused = f": {error}"
            continue
        cost = backend.estimate(asked, options)
        price = cost.money_micro_usd if cost.prices else None
        found.append((price is None, price or 0, name, asked, price))
    if not found:
        raise BackendUnavailable(
            f"no device of {backend.title} takes a job of this key now{refused}"
        )
    *_, asked, price = min(found, key=lambda one: one[:3])
    return asked, options, price


def _line(device: DeviceStatus) -> str:
    parts = [f"{device.name:<24} {device.state}"]
    if device.reason:
        parts.append(device.reason)
    if device.opens_at is not None:
        parts.append(f"opens {device.opens_at:%a %H:%M} UTC")
    if device.queue is not None:
        parts.append(f"{device.queue} wait")
    if device.qubits is not None:
        parts.append(f"{device.qubits} qubits")
    if device.price_text:
        parts.append(f"{device.price_text} ({device.price_of})")
    if device.calibrated_at is not None:
        parts.append(f"calibrated {device.calibrated_at:%Y-%m-%d %H:%M} UTC")
    return ", ".join(parts)


def _say(given: argparse.Namespace, *lines: str) -> None:
    if not given.as_json:
        print("\n".join(lines), flush=True)  # noqa: T201
