"""The static check: nothing that runs, unpickles or trusts what somebody sent."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("platform/qtwin", "backends", "workers")
"""What is installed; ``infra`` reads files of this repository only."""
MODULES = {
    *(
        "pickle",
        "cPickle",
        "dill",
        "cloudpickle",
        "joblib",
        "marshal",
        "shelve",
        "yaml",
        "jsonpickle",
    ),
    *("qiskit.qpy", "telnetlib", "xmlrpc"),
}
NAMES = {
    *("eval", "exec", "compile", "__import__", "sympify", "parse_expr", "mark_safe", "RawSQL"),
    *("qasm2.loads", "qasm2.load", "from_qasm_str", "from_qasm_file", "os.system", "os.popen"),
    *("tempfile.mktemp", "ssl._create_unverified_context", "pickle.loads", "extra"),
}
ALLOWED = {"re.compile", "self.compile", "cls.compile"}
WORDS = {"shell": True, "allow_pickle": True, "verify": False, "check_hostname": False}
"""Arguments that must not be given with these values."""


def trees() -> Iterator[tuple[str, ast.AST]]:
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            if "migrations" not in file.parts:
                yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def findings(name: str, tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            bad = {one.name for one in node.names if _is_banned(one.name)}
        elif isinstance(node, ast.ImportFrom):
            said = node.module or ""
            bad = {said} if _is_banned(said) else set()
            bad |= {f"{said}.{n.name}" for n in node.names if f"{said}.{n.name}" in MODULES}
        elif isinstance(node, ast.Call):
            bad = set(_bad_call(node))
        else:
            continue
        yield from (f"{name}:{node.lineno}: {one}" for one in sorted(bad))


def _is_banned(module: str) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in MODULES)


def _bad_call(node: ast.Call) -> Iterator[str]:
    text = ast.unparse(node.func)
    last = text.rsplit(".", 1)[-1]
    if text not in ALLOWED and (text in NAMES or (last in NAMES and _is_dangerous(text))):
        yield text
    for word in node.keywords:
        value = word.value.value if isinstance(word.value, ast.Constant) else None
        if word.arg in WORDS and value is WORDS[word.arg]:
            yield f"{text}({word.arg}={value})"


def _is_dangerous(text: str) -> bool:
    """Whether it is so as a method too; others may have a method called compile or extra."""
    return text.rsplit(".", 1)[-1] in {"from_qasm_str", "from_qasm_file", "sympify", "parse_expr"}


def test_there_is_nothing_that_runs_or_unpickles_what_somebody_sent() -> None:
    assert [line for name, tree in trees() for line in findings(name, tree)] == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "from qiskit import qpy",
        "import yaml",
        "eval(text)",
        "exec(text)",
        "compile(text, '', 'exec')",
        "sympy.sympify(text)",
        "QuantumCircuit.from_qasm_str(text)",
        "qasm2.loads(text)",
        "np.load(file, allow_pickle=True)",
        "subprocess.run(text, shell=True)",
        "httpx.get(url, verify=False)",
        "mark_safe(text)",
    ],
)
def test_the_check_finds_what_it_is_for(source: str) -> None:
    assert list(findings("x.py", ast.parse(source)))


def test_ruffs_security_rules_are_on_and_each_exception_says_why() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"][
        "lint"
    ]
    assert "S" in lint["select"]
    assert [rule for rule in lint["ignore"] if rule.startswith("S")] == ["S101"]
    loose = [where for where, rules in lint["per-file-ignores"].items() if "S" in rules]
    assert loose == ["tests/**"]
    bare = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(r"# noqa: S\d+\b(?! - |,| {2}#)", line)
    ]
    assert bare == []
