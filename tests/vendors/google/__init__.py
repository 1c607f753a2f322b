"""A loopback service that speaks the protocol of Google's Quantum Engine to its own client."""

from tests.vendors.google.devices import PROCESSOR
from tests.vendors.google.server import GoogleVendor

__all__ = ["PROCESSOR", "GoogleVendor"]
