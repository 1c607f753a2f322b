"""Amazon Braket and S3 on a loopback address, for the real SDK."""

from tests.vendors.braket import bytes_of
from tests.vendors.braket.server import BraketVendor

__all__ = ["BraketVendor", "bytes_of"]
