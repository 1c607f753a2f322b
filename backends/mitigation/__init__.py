"""Error mitigation as decorators of circuit simulators: a mitigated backend is a backend.

``zne+readout+fake-ibm`` is a stack, the outermost technique first. Each technique has a file of its
own with one class, and turns one estimation task into others, which it hands to what is inside it.
Its variance is that of its own estimate: a mitigated value has more spread than a raw one, and says
so. Bias that remains is not in a variance. Values outside an observable's range are data and kept.

Shapes use ``R`` for the points of a task, ``T`` for angles, ``O`` for observables, ``W`` for the
words of a measurement group, ``J`` for circuits that share the shots and ``n`` for qubits.
"""
