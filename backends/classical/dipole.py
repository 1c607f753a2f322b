"""The dipole moment of a density, about the centre of nuclear charge.

``mu = sum Z_A (R_A - O) - tr D (r - O)`` with ``O = sum Z_A R_A / sum Z_A``, so that the nuclei
add nothing. For a neutral molecule the origin does not matter.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.schema.experiment import FloatArray

DEBYE = 2.541746473
"""One atomic unit of the dipole moment, e a_0 (CODATA 2018), in debye."""


def operators(geometry: Any) -> FloatArray:
    """What each electron adds, in debye, over atomic orbitals: shape ``(3, M, M)``.

    Args:
        geometry: PySCF molecule.
    """
    charges = geometry.atom_charges()
    centre = charges @ geometry.atom_coords() / charges.sum()
    with geometry.with_common_orig(centre):
        places: FloatArray = geometry.intor_symmetric("int1e_r", comp=3)
    return -DEBYE * places


def moment(geometry: Any, density: FloatArray) -> FloatArray:
    """Components along x, y and z in debye, shape ``(3,)``.

    Args:
        geometry: PySCF molecule.
        density: Spin-summed, over atomic orbitals.
    """
    components: FloatArray = np.einsum("xij,ji->x", operators(geometry), density)
    return components
