"""How a person comes in: a first proof, perhaps a second one, then a session."""
