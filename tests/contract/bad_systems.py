"""Systems that cannot be, each with the field that its refusal must name."""

from __future__ import annotations

from typing import Any

from tests.contract.cases import ISING, QUENCH
from tests.unit.backends.conftest import H2

Document = dict[str, Any]
Bad = tuple[str, Document, str]

NAN, INFINITE = float("nan"), float("inf")
RYDBERG: Document = {
    "kind": "rydberg_array",
    "schema_version": 1,
    "geometry": "chain",
    "atoms": 5,
    "spacing": 6.0,
    "rabi": "omega",
    "detuning": 3.0,
    "controls": [{"name": "omega", "unit": "rad/us", "lower": 0.0, "upper": 15.0}],
}
HUBBARD: Document = {
    "kind": "fermi_hubbard",
    "schema_version": 1,
    "geometry": "chain",
    "sites": 4,
    "parameters": {"U": "u"},
    "electrons": [2, 2],
    "controls": [{"name": "u", "unit": "dimensionless", "lower": 0.0, "upper": 8.0}],
}
CIRCUIT: Document = {
    "kind": "parametric_circuit",
    "schema_version": 1,
    "qasm": "",
    "observables": [{"name": "zz", "pauli": {"Z0 Z1": 1.0}}],
    "controls": [{"name": "a", "unit": "rad", "lower": 0.0, "upper": 1.0}],
}
HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float a;\nqubit[2] q;\n'


def _hydrogens(*places: Any) -> list[Document]:
    return [{"element": "H", "position": place} for place in places]


def _z(coordinate: Any) -> Document:
    """H2 with the second atom somewhere else on the axis."""
    return {"atoms": _hydrogens([0, 0, 0], [0, 0, coordinate])}


_FCIDUMP = "&FCI NORB={n},NELEC=2,MS2=0,\n&END\n 0.5 1 1 0 0\n"
_DEEP = "(" * 150 + "bond_length" + ")" * 150

_MOLECULES: list[tuple[str, Document, str]] = [
    ("odd electrons without a spin", {"charge": 1}, "/spin"),
    ("more unpaired spins than electrons", {"spin": 4}, "/spin"),
    ("no electron left", {"charge": 2}, "/charge"),
    ("charge of a half", {"charge": 0.5}, "/charge"),
    ("unknown element", {"atoms": [{"element": "Xx", "position": [0, 0, 0]}]}, "/atoms/0/element"),
    ("two coordinates", {"atoms": _hydrogens([0, 0], [0, 0, "bond_length"])}, "/atoms/0/position"),
    ("coordinate NaN", _z(NAN), "/atoms/1/position/2"),
    ("coordinate infinite", _z(INFINITE), "/atoms/1/position/2"),
    ("coordinate true", _z(True), "/atoms/1/position/2"),
    ("import in a coordinate", _z("__import__('os').getpid()"), "/atoms/1/position/2"),
    ("attribute in a coordinate", _z("bond_length.real"), "/atoms/1/position/2"),
    ("unknown name", _z("bond_lenght"), "/atoms/1/position/2"),
    ("deep parentheses", _z(_DEEP), "/atoms/1/position/2"),
    ("a tower of powers", _z("9**9**9**9**9"), "/atoms/1/position/2"),
    ("division by nothing", _z("1/0"), "/atoms/1/position/2"),
    ("basis of another world", {"basis": "sto-99g"}, "/basis"),
    ("mapping of another world", {"mapping": "ternary_tree_9"}, "/mapping"),
    ("active space larger than the molecule", {"active_space": {"electrons": 2, "orbitals": 9}},
     "/active_space"),
    ("active electrons that are not there", {"active_space": {"electrons": 6, "orbitals": 2}},
     "/active_space"),
    ("active space without room", {"active_space": {"electrons": 2, "orbitals": 0}},
     "/active_space"),
    ("frozen core of everything", {"frozen_core": 5}, "/frozen_core"),
    ("bounds upside down", {"controls": [{**H2["controls"][0], "lower": 3.0, "upper": 1.0}]},
     "/controls/0/upper"),
    ("negative length", {"controls": [{**H2["controls"][0], "lower": -1.0}]}, "/controls/0/lower"),
    ("length in parsec", {"controls": [{**H2["controls"][0], "unit": "parsec"}]},
     "/controls/0/unit"),
    ("a control that places nothing", {"controls": [*H2["controls"], {
        "name": "angle", "unit": "radian", "lower": 0.0, "upper": 1.0}]}, "/controls/1/name"),
    ("unknown field", {"colour": "red"}, "/colour"),
    ("schema of tomorrow", {"schema_version": 99}, "/schema_version"),
]  # fmt: skip

_LATTICES: list[tuple[str, Document, str]] = [
    ("unknown model", {"model": "potts"}, "/model"),
    ("a million sites", {"sites": 1_000_000}, "/sites"),
    ("a list of the wrong length", {"parameters": {"hx": "field", "J": [1.0]}}, "/parameters/J"),
    ("complex coupling", {"parameters": {"hx": "field", "J": "1j"}}, "/parameters/J"),
    ("coupling NaN", {"parameters": {"hx": "field", "J": NAN}}, "/parameters/J"),
    ("coupling too large for a float", {"parameters": {"hx": "field", "J": 10**400}},
     "/parameters/J"),
    ("parameter of another model", {"parameters": {"hx": "field", "delta": 1}},
     "/parameters/delta"),
    ("word of the wrong width", {"observables": [{"name": "a", "pauli": {"ZZZ": 1.0}}]},
     "/observables/0/pauli/ZZZ"),
    ("word of other letters", {"observables": [{"name": "a", "pauli": {"ZZQQ": 1.0}}]},
     "/observables/0/pauli/ZZQQ"),
    ("observable with a taken name", {"observables": [{"name": "energy", "pauli": {"ZZZZ": 1}}]},
     "/observables/0/name"),
    ("bit string of the wrong width", {"observables": [{"name": "a", "bitstring": "01"}]},
     "/observables/0/bitstring"),
    ("unknown state", {"state": {"kind": "excited"}}, "/state/kind"),
]  # fmt: skip

_QUENCHES: list[tuple[str, Document, str]] = [
    ("initial state too short", {"state": {**QUENCH["state"], "initial": "01"}}, "/state/initial"),
    ("initial state of other letters", {"state": {**QUENCH["state"], "initial": "01ab"}},
     "/state/initial"),
    ("time that is no number", {"state": {**QUENCH["state"], "time": [1]}}, "/state/time"),
]  # fmt: skip

_ARRAYS: list[tuple[str, Document, str]] = [
    ("atoms on top of each other", {"spacing": 0.0}, "/spacing"),
    ("negative Rabi frequency", {"rabi": -1.0, "controls": []}, "/rabi"),
    ("one more dimension", {"atoms": [2, 2, 2]}, "/atoms"),
    ("times that do not rise", {"rabi": {"times": [0, 2, 1], "values": [0, "omega", 0]},
     "state": {"kind": "evolved"}}, "/rabi/times"),
    ("more values than times", {"rabi": {"times": [0, 1], "values": [0, "omega", 0]},
     "state": {"kind": "evolved"}}, "/rabi/values"),
    ("C6 NaN", {"c6": NAN}, "/c6"),
]  # fmt: skip

_HUBBARDS: list[tuple[str, Document, str]] = [
    ("more electrons than places", {"electrons": [5, 2]}, "/electrons"),
    ("half an electron", {"electrons": [1.5, 2]}, "/electrons"),
    ("unknown hopping", {"parameters": {"U": "u", "tt": 1}}, "/parameters/tt"),
    ("a state with other electrons", {
        "state": {"kind": "evolved", "initial": "00000001", "time": 1}}, "/state/initial"),
]  # fmt: skip

PAULIS: Document = {
    "kind": "pauli_sum",
    "schema_version": 1,
    "qubits": 3,
    "terms": {"ZZI": "g", "IIX": 0.5},
    "controls": [{"name": "g", "unit": "dimensionless", "lower": 0.0, "upper": 8.0}],
}
_PAULIS: list[tuple[str, Document, str]] = [
    ("term of the wrong width", {"terms": {"ZZ": "g"}}, "/terms"),
    ("term of other letters", {"terms": {"ZZK": "g"}}, "/terms"),
    ("complex coefficient", {"terms": {"ZZI": "g", "XII": "0.5j"}}, "/terms"),
    ("coefficient NaN", {"terms": {"ZZI": "g", "XII": NAN}}, "/terms"),
    ("no term at all", {"terms": {}}, "/terms"),
    ("a qubit that is not there", {"terms": {"Z0 Z9": "g"}}, "/terms"),
]

_DOUBLING = "".join(f"gate g{k + 1} x {{ g{k} x; g{k} x; }}\n" for k in range(30))
_CIRCUITS: list[tuple[str, str]] = [
    ("a file of the machine", 'OPENQASM 3.0;\ninclude "/etc/passwd";\nqubit[2] q;\n'),
    ("a file with a comment in between", 'OPENQASM 3.0;\ninclude/**/"../secret.inc";\n'),
    ("a file after a good one", f'{HEAD}include "stdgates.inc" "/etc/shadow";\n'),
    ("gates that double thirty times",
     f"{HEAD}gate g0 x {{ U(0, 0, a0) x; }}\n".replace("a0", "0.1") + _DOUBLING
     + "g30 q[0];\nrx(a) q[0];\n"),
    ("a loop of a billion", f"{HEAD}for int i in [0:999999999] {{ rx(a) q[0]; }}\n"),
    ("loops in loops", HEAD + "for int i in [0:9999] {" * 3 + " rx(a) q[0]; " + "}" * 3),
    ("braces without an end", HEAD + "{" * 5000),
    ("deep parentheses in an angle", f"{HEAD}rx({'(' * 3000}a{')' * 3000}) q[0];\n"),
    ("a million qubits", "OPENQASM 3.0;\ninput float a;\nqubit[1000000] q;\n"),
    ("larger than 64 KiB", HEAD + "rx(a) q[0];\n" * 8000),
    ("nothing at all", " "),
]  # fmt: skip

BAD: list[Bad] = [
    *((name, {**H2, **changes}, field) for name, changes, field in _MOLECULES),
    *((name, {**ISING, **changes}, field) for name, changes, field in _LATTICES),
    *((name, {**QUENCH, **changes}, field) for name, changes, field in _QUENCHES),
    *((name, {**RYDBERG, **changes}, field) for name, changes, field in _ARRAYS),
    *((name, {**HUBBARD, **changes}, field) for name, changes, field in _HUBBARDS),
    *((name, {**PAULIS, **changes}, field) for name, changes, field in _PAULIS),
    *((name, {**CIRCUIT, "qasm": program}, "/qasm") for name, program in _CIRCUITS),
    (
        "a control that is no input",
        {**CIRCUIT, "qasm": 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\n'},
        "/controls/0/name",
    ),
    ("no such kind", {"kind": "perpetuum_mobile", "schema_version": 1}, "/kind"),
    ("a geometry and integrals", {**H2, "fcidump": _FCIDUMP.format(n=2)}, "/fcidump"),
    ("integrals of a million orbitals", {"kind": "molecule", "schema_version": 1,
     "fcidump": _FCIDUMP.format(n=1_000_000)}, "/fcidump"),
]  # fmt: skip
