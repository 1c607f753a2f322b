"""Every vendor that the suite is run on: one line each."""

from __future__ import annotations

from tests.contract.remote.braket import BraketAtoms, BraketGates
from tests.contract.remote.google import Google
from tests.contract.remote.ibm import Ibm
from tests.contract.remote.mock import MockTags, MockTokens
from tests.contract.remote.vendor import Vendor

VENDORS: tuple[type[Vendor], ...] = (
    MockTokens,
    MockTags,
    BraketGates,
    BraketAtoms,
    Ibm,
    Google,
)
