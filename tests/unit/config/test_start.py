"""Mistakes of an installation are a sentence each at the start."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from qtwin.config import address
from qtwin.config.clash import refuse_clash
from qtwin.config.environment import Environment


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


WRONG = {
    "HTTPS": ("yes", "'yes'; allowed: 0, 1"),
    "SMTP_STARTTLS": ("true", "'true'; allowed: 0, 1"),
    "LOG_LINES": ("xml", "'xml'; allowed: json, plain"),
    "JOB_LEASE_S": ("-1", "'-1'; allowed: a whole number from 1"),
    "SMTP_PORT": ("70000", "'70000'; allowed: a whole number from 1 to 65535"),
    "JOB_BLOCKED_S": ("nan", "'nan'; allowed: seconds, more than 0"),
    "CORE_HOUR_USD": ("free", "'free'; allowed: a number, more than 0"),
    "RATE_ALL": ("5", "'5'; allowed: requests/seconds such as 300/15, or 0 for no limit"),
    "WEBHOOK_PORTS": ("443,x", "'443,x'; allowed: ports from 1 to 65535, separated by commas"),
    "OIDC_ISSUER": ("http://id.example.org", "'http://id.example.org'; allowed: https://…"),
    "PROXIES": ("10.0.0.0/8,proxy", "allowed: addresses and networks such as"),
    "DATABASE": ("mysql://ann:s3cr3t@db/q", "scheme 'mysql'; allowed: postgresql, or a file path"),
    "BROKER_URL": ("amqp://ann:s3cr3t@mq", "scheme 'amqp'; allowed: redis, rediss, redis+socket"),
    "ARTIFACTS": ("/mnt/x", "'/mnt/x'; allowed: s3://BUCKET/PREFIX"),
    "S3_ENDPOINT": ("minio:9000", "'minio:9000'; allowed: https://… or http://…"),
    "KEEP_CALLS_DAYS": ("7", "'7'; allowed: 0 to keep it for ever, or 31 or more days"),
    "SECRET_KEY_FILE": ("c2VjcmV0LXNlY3JldA==", "No such file or directory: a path that is not"),
    "CREDENTIAL_KEY_FILE": ("", "is not set; needed: the path of a file with the secret"),
}
"""Values that are refused, and what is said of each."""


def start(**given: str) -> subprocess.CompletedProcess[str]:
    """A program of the server, with these settings changed."""
    return subprocess.run(
        [sys.executable, "-m", "qtwin.config.start", "this"],
        env=os.environ | {f"QTWIN_{name}": value for name, value in given.items()},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_mistakes_are_told_at_once_a_sentence_each_and_no_secret() -> None:
    done = start(DATABSE="x", **{name: value for name, (value, _) in WRONG.items()})
    said = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    for name, (_, sentence) in WRONG.items():
        about = [line for line in said if line.startswith(f"qtwin: QTWIN_{name}")]
        assert len(about) == 1, said
        assert sentence in about[0]
    assert "qtwin: QTWIN_DATABSE is no setting; did you mean QTWIN_DATABASE?" in said
    assert len(said) == len(WRONG) + 1
    assert "s3cr3t" not in done.stderr
    assert "c2VjcmV0" not in done.stderr


def test_a_program_starts_once_its_settings_are_right() -> None:
    done = start(DATABASE="postgresql://ann@db/q", PROXIES="10.0.0.0/8,::1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Beautiful is better than ugly." in done.stdout


def test_passwords_of_database_and_broker_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s@fe\n")
    given = {
        "QTWIN_DATABASE": "postgresql://ann@db/q",
        "QTWIN_BROKER_URL": "redis://mq:6379/0",
    }
    files = {
        f"QTWIN_{name}_PASSWORD_FILE": str(tmp_path / "password") for name in ("DATABASE", "BROKER")
    }
    environment = Environment(given | files)
    assert environment.database("DATABASE", "")["PASSWORD"] == "s@fe"
    assert environment.broker("BROKER_URL", "") == "redis://:s%40fe@mq:6379/0"
    environment.check()
    twice = Environment(given | files | {"QTWIN_BROKER_URL": "redis://:this@mq:6379/0"})
    twice.broker("BROKER_URL", "")
    assert twice.mistakes == [
        "QTWIN_BROKER_URL: a password is in the address and in a file; allowed: one of them"
    ]


def test_a_key_that_aes_cannot_take_is_refused_without_being_shown(tmp_path: Path) -> None:
    (tmp_path / "short").write_text(base64.urlsafe_b64encode(b"too short").decode())
    environment = Environment({"QTWIN_CREDENTIAL_KEY_FILE": str(tmp_path / "short")})
    environment.keys("CREDENTIAL_KEY")
    assert environment.mistakes == [
        "QTWIN_CREDENTIAL_KEY_FILE: file 1 of 1 holds no key; "
        "allowed: 32 random bytes in URL-safe Base64"
    ]


@pytest.mark.parametrize(("asked", "kept"), [("0", 0), ("5", 5), ("none", None)])
def test_an_address_says_when_workers_prepare_statements(asked: str, kept: int | None) -> None:
    options = address.database(f"postgresql://ann@db/q?prepare_threshold={asked}")["OPTIONS"]
    assert options == {"prepare_threshold": kept}
    with pytest.raises(ValueError, match="prepare_threshold '-1'; allowed: a number from 0, or"):
        address.database("postgresql://ann@db/q?prepare_threshold=-1")


def test_a_database_is_postgresql_or_a_file() -> None:
    server = address.database("postgresql://ann:s%40fe@db:5433/q?sslmode=require")
    assert (server["USER"], server["PASSWORD"], server["HOST"]) == ("ann", "s@fe", "db")
    assert server["OPTIONS"] == {"sslmode": "require"}
    assert address.database("/data/q.sqlite3")["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with pytest.raises(ValueError, match="'mysql'; allowed: postgresql"):
        address.database("mysql://x/y")
