"""Spins and electrons on lattices, and Hamiltonians of one's own."""

from __future__ import annotations

from qtwin.projects.demo.ising import SYSTEM as RING
from qtwin.projects.templates.template import Template, control, document

SPINS, ELECTRONS, OWN = "spin_lattice", "fermi_hubbard", "pauli_sum"
FIELD = control("field", "Transverse field", "dimensionless", 0.0, 2.0)
REPULSION = control("repulsion", "Repulsion U/t", "dimensionless", 0.0, 12.0)

SPIN_LATTICES = (
    Template(
        key="ising-ring",
        title="Transverse-field Ising ring",
        what="Six spins through the quantum phase transition; solved exactly by free fermions.",
        system=RING,
        observables=("energy_per_site", "magnetisation_x", "magnetisation_squared"),
    ),
    Template(
        key="ising-chain",
        title="Transverse-field Ising chain",
        what="Ten spins in a row, from order to a field that wins.",
        system=document(
            SPINS,
            FIELD,
            model="ising",
            geometry="chain",
            sites=10,
            parameters={"J": 1.0, "hx": "field"},
        ),
        observables=("energy_per_site", "magnetisation_squared", "end_to_end_zz"),
    ),
    Template(
        key="ising-square",
        title="Transverse-field Ising square",
        what="A 3 × 3 square, where no free fermions help.",
        system=document(
            SPINS,
            control("field", "Transverse field", "dimensionless", 0.0, 5.0),
            model="ising",
            geometry="square",
            sites=[3, 3],
            parameters={"J": 1.0, "hx": "field"},
        ),
        observables=("energy_per_site", "magnetisation_squared"),
    ),
    Template(
        key="heisenberg",
        title="Heisenberg chain",
        what="Eight spins that turn together, under an anisotropy.",
        system=document(
            SPINS,
            control("anisotropy", "Anisotropy", "dimensionless", -1.5, 2.0),
            model="xxz",
            geometry="chain",
            sites=8,
            parameters={"J": 1.0, "delta": "anisotropy"},
        ),
        observables=("energy_per_site", "staggered_squared", "correlation_zz"),
    ),
    Template(
        key="quench",
        title="Spins after a quench",
        what="A disordered chain set free from an alternating state, followed in time.",
        system=document(
            SPINS,
            control("time", "Time", "dimensionless", 0.0, 5.0),
            model="xxz",
            geometry="chain",
            sites=6,
            parameters={"delta": 0.5},
            disorder={"hz": {"width": 1.5, "seed": 7}},
            state={"kind": "evolved", "initial": "010101", "time": "time"},
        ),
        observables=("staggered_squared", "return_probability"),
    ),
)
FERMIONS = (
    Template(
        key="hubbard-2",
        title="Hubbard dimer",
        what="Two sites and two electrons, from a bond to two spins; known in closed form.",
        system=document(
            ELECTRONS,
            REPULSION,
            geometry="chain",
            sites=2,
            parameters={"t": 1.0, "U": "repulsion"},
            electrons=[1, 1],
        ),
        observables=("energy", "double_occupancy"),
    ),
    Template(
        key="hubbard-ladder",
        title="Hubbard ladder",
        what="Two legs of three sites at half filling: 12 qubits.",
        system=document(
            ELECTRONS,
            REPULSION,
            geometry="ladder",
            sites=6,
            parameters={"t": 1.0, "U": "repulsion"},
            electrons=[3, 3],
        ),
        observables=("energy_per_site", "double_occupancy", "spin_correlation"),
    ),
)
HAMILTONIANS = (
    Template(
        key="pauli",
        title="A Hamiltonian of my own",
        what="Pauli words with coefficients, each a number or an expression of controls.",
        system=document(
            OWN,
            FIELD,
            qubits=3,
            terms={"Z0 Z1": -1.0, "Z1 Z2": -1.0, "X0": "-field", "X1": "-field", "X2": "-field"},
            observables=[{"name": "three_body", "pauli": {"Z0 Z1 Z2": 1.0}}],
        ),
        observables=("energy", "three_body"),
    ),
)
