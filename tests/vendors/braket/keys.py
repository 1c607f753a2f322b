"""A credential that opens the loopback vendor."""

from __future__ import annotations

import json

KEY = "AKIALOOPBACK"
CANARY = "canary-8f31c2-secret"
BUCKETS = {
    "eu-north-1": "amazon-braket-eu",
    "us-east-1": "amazon-braket-us",
    "us-west-1": "amazon-braket-west",
}
SECRET = json.dumps({"access_key_id": KEY, "secret_access_key": CANARY, "buckets": BUCKETS})
