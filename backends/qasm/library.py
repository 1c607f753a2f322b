"""Gates that a program may use: the language's own, and those of ``stdgates.inc``.

Each is a base gate (see `lowering`) with some of its qubits as controls; controls come first.
"""

from __future__ import annotations

from typing import NamedTuple


class Standard(NamedTuple):
    """A gate of the library.

    Attributes:
        base: Its name in `lowering`.
        angles: How many it takes.
        controls: How many of its first qubits control the rest.
        targets: How many qubits follow.
    """

    base: str
    angles: int = 0
    controls: int = 0
    targets: int = 1


BUILTIN = {"U": Standard("u", 3), "gphase": Standard("gphase", 1, 0, 0)}
STANDARD = {
    **{name: Standard(name) for name in ["x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "id"]},
    **{name: Standard(name, 1) for name in ["p", "rx", "ry", "rz"]},
    **{f"c{name}": Standard(name, 0, 1) for name in ["x", "y", "z", "h"]},
    **{f"c{name}": Standard(name, 1, 1) for name in ["p", "rx", "ry", "rz"]},
    "CX": Standard("x", 0, 1),
    "phase": Standard("p", 1),
    "cphase": Standard("p", 1, 1),
    "swap": Standard("swap", 0, 0, 2),
    "cswap": Standard("swap", 0, 1, 2),
    "ccx": Standard("x", 0, 2),
    "cu": Standard("cu", 4, 1),
    "u1": Standard("p", 1),
    "u2": Standard("u2", 2),
    "u3": Standard("u", 3),
}
EXTRA = {
    "u": Standard("u", 3),
    "sxdg": Standard("sxdg"),
    "rzz": Standard("rzz", 1, 0, 2),
    "rxx": Standard("rxx", 1, 0, 2),
    "ryy": Standard("ryy", 1, 0, 2),
    "ccz": Standard("z", 0, 2),
}
"""In common use, but not in ``stdgates.inc``; a program may define them itself."""

FILES = ("stdgates.inc", "qelib1.inc")
