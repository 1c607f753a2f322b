"""What a sandboxed child must not see is told by the names of settings."""

from __future__ import annotations

from pathlib import Path

from workers.sandbox.zygote import hidden_paths


def test_every_file_with_a_secret_is_hidden_also_where_several_are_named(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("new", "old", "password")]
    for file in files:
        file.touch()
    (tmp_path / "data").mkdir()
    found = hidden_paths(
        {
            "QTWIN_DATA_DIR": str(tmp_path / "data"),
            "QTWIN_CREDENTIAL_KEY_FILE": f"{files[0]}:{files[1]}",
            "QTWIN_DATABASE_PASSWORD_FILE": str(files[2]),
            "QTWIN_SMTP_PASSWORD_FILE": str(tmp_path / "none"),
            "QTWIN_LOG_LINES": "json",
        }
    )
    assert set(found) == {str(tmp_path / "data"), *map(str, files)}
