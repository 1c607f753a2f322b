"""Mistakes of an installation are one sentence at the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from qtwin.config import environment
from qtwin.config.clash import refuse_clash


def test_our_own_packages_are_recognised() -> None:
    refuse_clash()


def test_another_package_called_backends_is_named_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "backends").mkdir()
    (tmp_path / "backends" / "__init__.py").touch()
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.delitem(__import__("sys").modules, "backends")
    with pytest.raises(ImproperlyConfigured, match=f"'backends' is not QTwin's .*{tmp_path}"):
        refuse_clash()


@pytest.mark.parametrize(
    ("name", "value", "call", "sentence"),
    [
        ("HTTPS", "yes", lambda: environment.flag("HTTPS"), "'yes'; allowed: 0, 1"),
        (
            "LOG_LINES",
            "xml",
            lambda: environment.choice("LOG_LINES", "a", "a"),
            "'xml'; allowed: a",
        ),
        ("JOB_LEASE_S", "-1", lambda: environment.number("JOB_LEASE_S", 1), "a whole number"),
        ("SECRET_KEY_FILE", "", lambda: environment.secrets("SECRET_KEY"), "must name a file"),
        ("SECRET_KEY_FILE", "/no/such", lambda: environment.secrets("SECRET_KEY"), "/no/such"),
    ],
)
def test_a_wrong_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, call: object, sentence: str
) -> None:
    monkeypatch.setenv(f"QTWIN_{name}", value)
    assert callable(call)
    with pytest.raises(ImproperlyConfigured, match=f"QTWIN_{name}.*") as raised:
        call()
    assert sentence in str(raised.value)


def test_a_database_is_postgresql_or_a_file() -> None:
    server = environment.database("postgresql://ann:s%40fe@db:5433/q?sslmode=require")
    assert (server["USER"], server["PASSWORD"], server["HOST"]) == ("ann", "s@fe", "db")
    assert server["OPTIONS"] == {"sslmode": "require"}
    assert environment.database("/data/q.sqlite3")["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with pytest.raises(ImproperlyConfigured, match="'mysql'; allowed: postgresql"):
        environment.database("mysql://x/y")
