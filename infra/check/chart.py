"""``python -m infra.check.chart``, in .venv-infra: lint, render and validate the chart.

Helm's own library renders it with the values of each case; every document is then held against the
schema of its kind in several versions of Kubernetes, in which unknown fields are mistakes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHART = Path(__file__).resolve().parents[1] / "k8s" / "qtwin"
VERSIONS = ("1.27", "1.31", "1.37")
FOREIGN = {"keda.sh/v1alpha1", "monitoring.coreos.com/v1"}
"""Kinds of operators, which Kubernetes has no schema of."""
CASES: dict[str, dict[str, Any]] = {
    "defaults": {},
    "hpa": {"autoscaling": {"kind": "hpa"}},
    "bare": {
        "autoscaling": {"kind": "none"},
        "monitoring": {"podMonitor": True},
        "data": {"existingClaim": "results"},
        "ingress": {"enabled": False},
        "networkPolicy": {"enabled": False},
        "migrations": {"enabled": False},
        "settings": {"QTWIN_RATE_ALL": "0"},
        "pullSecrets": ["registry"],
        "nodeSelector": {"disk": "fast"},
    },
}
REFUSED: tuple[dict[str, Any], ...] = (
    {"database": "postgresql://qtwin:secret@db/qtwin"},
    {"settings": {"PASSWORD": "x"}},
    {"workers": {"jobs": {"queues": ["mail"]}}},
    {"replicas": 3},
)
"""Values that the chart's own schema does not let through."""


def rendered(values: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Template and document of each object that an installation makes."""
    import helm_python
    import yaml

    with helm_python.Chart.load(str(CHART)) as chart:
        chart.validate_schema(values)
        files = chart.render(values, name="q", namespace="prod")
    for path, text in sorted(files.items()):
        if not path.endswith(".txt"):
            for document in yaml.safe_load_all(text):
                if document:
                    yield path, document


def mistakes(case: str, values: dict[str, Any]) -> Iterator[str]:
    """What the schemas of Kubernetes say against a case."""
    import kubernetes_validate

    for path, document in rendered(values):
        if document["apiVersion"] in FOREIGN:
            continue
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                yield f"{case}, {version}: {path}: {document['kind']}: {error.message}"


def let_through() -> Iterator[str]:
    """Wrong values that the chart takes."""
    import helm_python

    for values in REFUSED:
        with helm_python.Chart.load(str(CHART)) as chart:
            try:
                chart.validate_schema(values)
            except helm_python.HelmError:
                continue
        yield f"the chart takes {values}"


def main() -> int:
    """Check; returns the exit status. ``--print CASE`` prints what it renders instead."""
    import helm_python

    if sys.argv[1:2] == ["--print"]:
        documents = [document for _, document in rendered(CASES[sys.argv[2]])]
        sys.stdout.write(json.dumps(documents, indent=1))
        return 0
    found = [str(one) for one in helm_python.lint(str(CHART))["errors"]]
    found += [one for case, values in CASES.items() for one in mistakes(case, values)]
    found += let_through()
    sys.stdout.write("\n".join(found) + "\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
