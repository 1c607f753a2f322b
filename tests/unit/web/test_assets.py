"""What browsers load: sent compressed, and nothing else than what is beside it."""

from __future__ import annotations

import gzip

import pytest
from django.conf import settings
from django.test import Client

FOLDER = settings.FRONTEND / "static" / "qtwin"
TEXTS = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {".js", ".css", ".svg"})


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_sent_compressed_and_is_the_same(name: str) -> None:
    plain = (FOLDER / name).read_bytes()
    answer = Client().get(f"/static/qtwin/{name}", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    sent = answer.getvalue()
    assert len(sent) < len(plain)
    assert gzip.decompress(sent) == plain
    other = Client().get(f"/static/qtwin/{name}", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in other
    assert other.getvalue() == plain
