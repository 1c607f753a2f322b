"""A model behind the twin's port whose correlation is the fidelity of quantum states."""
