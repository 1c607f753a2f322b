"""A subset of OpenQASM 3: circuits whose angles are expressions of inputs.

Standard: Cross et al., ACM Trans. Quantum Comput. 3, 12 (2022), version 3.1 of its specification.

Two stages, so that no process that serves users parses what they wrote:

- `screen` reads the tokens once, in linear time, and refuses what is too large, too deep, or
  includes a file. It finds the qubits, the inputs and the number of gates, multiplied through
  definitions and loops without expanding them.
- `parser` and `expand` run where experiments run. Neither recurses deeper than `screen` allows.

No file is ever opened: the gates of ``stdgates.inc`` are in `library`. The reference parser of the
language (``openqasm3``) takes 1.5 s for 64 KiB and exhausts Python's stack on deep parentheses,
which is why this one exists.
"""
