"""Dashboards and alerts ask for metrics that there are, and each alert has a runbook."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.docs.files import ROOT
from qtwin.metrics import metric, web, work
from qtwin.metrics.platform import groups

GRAFANA = ROOT / "infra" / "grafana"
RUNBOOKS = ROOT / "infra" / "runbooks"
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))
RULES: list[dict[str, Any]] = yaml.safe_load((GRAFANA / "alerts.yaml").read_text())["groups"][0][
    "rules"
]
PARTS = [
    "Symptom",
    "What it means for people",
    "How to see it",
    "What to do",
    "How to know that it is over",
]
GIVEN_BY_HAND = {"alertstate", "alertname", "instance", "job", "le"}


def served() -> dict[str, set[str]]:
    """Labels of every series that a process may tell."""
    own = [one for module in (web, work) for one in vars(module).values()
           if isinstance(one, metric.Metric)]  # fmt: skip
    found = {one.name: set(one.labels) for one in own if one.kind != "histogram"}
    for one in own:
        if one.kind == "histogram":
            found |= {f"{one.name}_{end}": set(one.labels) for end in ("bucket", "count", "sum")}
    known = [family for group in groups() for family in group.families]
    return found | {family.name: set(family.labels) for family in known}


def queries() -> Iterator[tuple[str, str]]:
    """Where, and which expression."""
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{file.stem}: {panel['title']}", target["expr"]


SERIES = re.compile(r"(qtwin_\w+)(?:\{([^}]*)\})?")
BY = re.compile(r"\bby \(([^)]*)\)")


def test_every_query_asks_for_series_and_labels_that_there_are() -> None:
    there = served()
    seen = set()
    for where, query in queries():
        asked = SERIES.findall(query)
        assert asked, where
        labels: set[str] = set()
        for name, matchers in asked:
            assert name in there, f"{where}: {name}"
            matched = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
            assert matched <= there[name] | {"le"}, f"{where}: {name}{matched}"
            labels |= there[name]
            seen.add(name)
        grouped = {word.strip() for words in BY.findall(query) for word in words.split(",")}
        assert grouped <= labels | {"le", "part"}, f"{where}: {grouped}"
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in seen}
    unseen = {re.sub(r"_(bucket|count|sum)$", "", name) for name in there} - families
    assert unseen == set()


def test_there_are_ten_alerts_and_a_runbook_for_each() -> None:
    assert len(RULES) == len({rule["alert"] for rule in RULES}) == 10
    named = {rule["annotations"]["runbook"] for rule in RULES}
    files = {str(file.relative_to(ROOT)) for file in RUNBOOKS.glob("*.md")}
    assert named == files
    docs = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
    for rule in RULES:
        text = (ROOT / rule["annotations"]["runbook"]).read_text(encoding="utf-8")
        assert text.startswith(f"# {rule['alert']}: ")
        places = [text.find(f"**{part}") for part in PARTS]
        assert -1 not in places, rule["alert"]
        assert places == sorted(places)
        for target in re.findall(r"\]\(([^)#]+)", text):
            assert (RUNBOOKS / target).exists(), f"{rule['alert']}: {target}"
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert f"| {rule['alert']} |" in docs


def test_dashboards_have_names_of_their_own_and_panels_that_do_not_overlap() -> None:
    boards = [json.loads(file.read_text()) for file in DASHBOARDS]
    assert len(boards) == len({board["uid"] for board in boards}) == 5
    for board in boards:
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            at = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(at["x"], at["x"] + at["w"])
                for y in range(at["y"], at["y"] + at["h"])
            }
            assert not cells & taken, panel["title"]
            assert at["x"] + at["w"] <= 24
            taken |= cells
            assert panel["datasource"]["uid"] == "${datasource}"


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (Debian: prometheus)")
def test_prometheus_takes_the_rules_and_each_alert_fires_when_it_should(tmp_path: Path) -> None:
    for command in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts.test.yaml"]):
        done = subprocess.run(
            ["promtool", *command], cwd=GRAFANA, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (Debian: prometheus)")
def test_prometheus_takes_every_query_of_the_dashboards(tmp_path: Path) -> None:
    rules = [
        {"record": f"q:{number}", "expr": query.replace("$__rate_interval", "1m")}
        for number, (_, query) in enumerate(queries())
    ]
    file = tmp_path / "queries.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "q", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", "--lint=none", str(file)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
