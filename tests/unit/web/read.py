"""A page as it is answered, which keeps what every page must."""

from __future__ import annotations

from django.test import Client


def text(client: Client, address: str) -> str:
    """The page at an address; it has no style or script of its own in it."""
    response = client.get(address)
    assert response.status_code == 200, address
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    body = response.content.decode()
    assert " style=" not in body
    return body
