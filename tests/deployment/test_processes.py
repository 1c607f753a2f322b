"""The commands of the compose file with its environment, on this machine, without its engine.

Names of other hosts, the folder of secrets and that of data are other ones here; PostgreSQL and
Valkey are real, with the passwords that the script of the compose file makes, and Valkey is started
by the compose file's own command.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.check.checks import TOOLS
from qtwin.serve import port
from qtwin.serve.processes import die_with_runner
from qtwin.serve.valkey import server_binary
from tests.deployment import compose
from tests.faults.postgres import Postgres

pytestmark = pytest.mark.slow
PATIENCE_S = 240.0
ALONE = ("PATH", "HOME", "PYTHONPATH", "LANG", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE")
"""What a container has, besides the variables of its service."""
SIGTERM = 15


class Host:
    """One machine on which all services of the compose file run."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.secrets = compose.make_secrets(folder)
        self.ports = {name: port.free() for name in ("postgres", "valkey", "web")}
        self.postgres = stack.enter_context(
            Postgres("127.0.0.1", port=self.ports["postgres"], by_password=True)
        )
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        stack.callback(self.stop)
        (folder / "data").mkdir()
        (folder / "valkey").mkdir()

    def secret(self, name: str) -> str:
        return (self.secrets / name).read_text(encoding="utf-8")

    def here(self, text: str) -> str:
        """Something of the compose file as it is called on this machine."""
        for there, here in {
            compose.SECRETS: f"{self.secrets}/",
            "@postgres:5432": f"@127.0.0.1:{self.ports['postgres']}",
            "valkey:6379": f"127.0.0.1:{self.ports['valkey']}",
            "172.30.77.0/24": "127.0.0.0/8",
        }.items():
            text = text.replace(there, here)
        return str(self.folder / "data") if text == "/data" else text

    def environment(self, service: str) -> dict[str, str]:
        alone = {name: os.environ[name] for name in ALONE if name in os.environ}
        given = {name: self.here(value) for name, value in compose.environment(service).items()}
        if "QTWIN_METRICS_PORT" in given:  # a container has all ports to itself
            self.ports.setdefault(service, port.free())
            given["QTWIN_METRICS_PORT"] = str(self.ports[service])
            given["QTWIN_BEAT_FILE"] = str(self.folder / f"{service}.beat")
        return alone | given

    def start_broker(self) -> None:
        """By the command of the compose file, whose shell reads the password."""
        shell, flag, script = compose.services()["valkey"]["command"]
        text = (compose.FOLDER / "valkey.conf").read_text(encoding="utf-8")
        settings = text.replace("dir /data", f"dir {self.folder / 'valkey'}")
        settings += f"port {self.ports['valkey']}\nbind 127.0.0.1\n"
        (self.folder / "valkey.conf").write_text(settings, encoding="utf-8")
        for there, here in {
            "$$": "$",
            "valkey-server": str(server_binary()),
            "/etc/valkey.conf": str(self.folder / "valkey.conf"),
        }.items():
            assert there in script
            script = script.replace(there, here)
        self._start("valkey", [shell, flag, self.here(script)], {"PATH": os.environ["PATH"]})

    def start(self, service: str) -> None:
        words = list(compose.ours()[service]["command"])
        words = [str(self.ports["web"]) if word == "8000" else word for word in words]
        self._start(service, compose.command(words), self.environment(service))

    def run(self, service: str, *words: str) -> str:
        """A command in the environment of a service, to its end; what it said."""
        done = subprocess.run(
            compose.command([*words]),
            env=self.environment(service),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _start(self, name: str, command: list[str], env: dict[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                env=env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_runner,  # noqa: PLW1509 - one system call, and we have no threads
            )

    def wait(self, done: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            for name, process in self.processes.items():
                log = (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]
                assert process.poll() is None, f"{name} ended: {log}"
            assert time.monotonic() < deadline, f"no {what}"
            time.sleep(0.2)

    def stop(self) -> dict[str, int]:
        """Ask everything to stop, the last first; their exit statuses."""
        for process in reversed(self.processes.values()):
            process.terminate()
        return {name: process.wait(60) for name, process in self.processes.items()}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with ExitStack() as stack:
        host = Host(tmp_path_factory.mktemp("host"), stack)
        password = host.secret("database_password")
        host.postgres.run(f"CREATE ROLE qtwin LOGIN PASSWORD '{password}'")
        host.postgres.run("CREATE DATABASE qtwin OWNER qtwin")
        host.start_broker()
        host.run("migrate", *compose.ours()["migrate"]["command"])
        for service in compose.ours():
            if service != "migrate":
                host.start(service)
        host.wait(lambda: status(host, "/readyz") == httpx.codes.OK, "ready web process")
        yield host


def status(host: Host, path: str, **headers: str) -> int:
    try:
        address = f"http://127.0.0.1:{host.ports['web']}{path}"
        return httpx.get(address, headers=headers, trust_env=False).status_code
    except httpx.TransportError:
        return 0


def test_a_job_goes_from_the_proxy_through_every_process_to_the_twin(host: Host) -> None:
    said: dict[str, Any] = json.loads(host.run("web", "qtwin-admin", "seed_demo", "h2"))
    demo = said["demos"][0]
    headers = {
        "Authorization": f"Bearer {said['token']}",
        "Host": "localhost",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "198.51.100.7",
    }
    base = f"http://127.0.0.1:{host.ports['web']}/api/v1/projects/{demo['project']}"
    with httpx.Client(headers=headers, trust_env=False, timeout=60) as person:
        wanted = [job for job in demo["jobs"] if job["body"]["source"] in {"hf", "fci"}]
        assert len(wanted) == 2
        ids = []
        for job in wanted:
            key = {"Idempotency-Key": job["idempotency_key"]}
            answer = person.post(f"{base}/jobs", json=job["body"], headers=key)
            assert answer.status_code == 202, answer.text
            ids.append(answer.json()["id"])

        def ended() -> bool:
            rows = {row["id"]: row["state"] for row in person.get(f"{base}/jobs").json()["results"]}
            assert "failed" not in rows.values()
            return all(rows[one] == "succeeded" for one in ids)

        host.wait(ended, "end of the jobs")
        host.wait(lambda: bool(person.get(f"{base}/twin").json()["up_to_date"]), "twin")
        body = {"observable": demo["observable"], "points": [[0.7414]]}
        (energy,) = person.post(f"{base}/twin:predict", json=body).json()["mean"]
        assert energy == pytest.approx(-1.13727, abs=1e-3)


def test_without_tls_one_is_sent_there_and_strangers_cannot_say_that_they_had_it(
    host: Host,
) -> None:
    assert status(host, "/sign-in", Host="localhost") == httpx.codes.MOVED_PERMANENTLY
    assert status(host, "/sign-in", Host="localhost", **{"X-Forwarded-Proto": "https"}) == 200
    assert status(host, "/sign-in", Host="evil.example", **{"X-Forwarded-Proto": "https"}) == 400


def test_every_process_tells_its_metrics_to_whoever_has_the_token(host: Host) -> None:
    token = {"Authorization": f"Bearer {host.secret('metrics_token')}"}
    assert status(host, "/metrics") == httpx.codes.UNAUTHORIZED
    assert status(host, "/metrics", **token) == httpx.codes.OK
    for service in set(compose.ours()) - {"migrate", "web"}:
        page = httpx.get(
            f"http://127.0.0.1:{host.ports[service]}/metrics", headers=token, trust_env=False
        )
        assert page.status_code == httpx.codes.OK
        test = compose.ours()[service]["healthcheck"]["test"]
        assert test[:3] == ["CMD", "python", "-m"]
        host.wait(lambda service=service: beats(host, service), f"beat of {service}")  # type: ignore[misc]


def beats(host: Host, service: str) -> bool:
    """Whether the check of a service's health passes."""
    module = compose.ours()[service]["healthcheck"]["test"][3]
    code = f"import runpy; runpy.run_module({module!r}, run_name='__main__')"
    done = subprocess.run(
        [*compose.command(["qtwin"])[:2], code],
        env=host.environment(service),
        cwd=host.folder,
        check=False,
        capture_output=True,
    )
    return done.returncode == 0


@pytest.mark.skipif(not (TOOLS / "caddy").is_file(), reason="make check-infra installs caddy")
def test_the_proxy_ends_tls_and_keeps_metrics_inside(host: Host) -> None:
    text = (compose.FOLDER / "Caddyfile").read_text(encoding="utf-8")
    secure = port.free()
    text = text.replace("{$QTWIN_SITE:localhost}", f"https://localhost:{secure}")
    text = text.replace(
        "admin off", "admin off\n\tauto_https disable_redirects\n\tskip_install_trust"
    )
    (host.folder / "Caddyfile").write_text(text, encoding="utf-8")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(host.folder),
        "QTWIN_WEB": "localhost",
        "QTWIN_WEB_PORT": str(host.ports["web"]),
    }
    run = [str(TOOLS / "caddy"), "run", "--adapter", "caddyfile", "--config", "Caddyfile"]
    host._start("proxy", run, env)

    def answer(path: str) -> httpx.Response | None:
        try:
            address = f"https://localhost:{secure}{path}"
            return httpx.get(address, verify=False, trust_env=False, timeout=10)
        except httpx.TransportError:
            return None

    host.wait(lambda: answer("/sign-in") is not None, "answer of the proxy")
    page = answer("/sign-in")
    assert page is not None
    assert page.status_code == httpx.codes.OK
    assert "Secure" in page.headers["set-cookie"]
    assert page.headers["strict-transport-security"].startswith("max-age=")
    for path in ("/metrics", "/readyz", "/livez"):
        inside = answer(path)
        assert inside is not None
        assert inside.status_code == httpx.codes.NOT_FOUND


def test_asked_to_stop_every_process_ends_by_itself(host: Host) -> None:
    ended = host.stop()
    assert {ended[service] for service in compose.ours() if service != "migrate"} <= {0, -SIGTERM}
    host.processes.clear()
