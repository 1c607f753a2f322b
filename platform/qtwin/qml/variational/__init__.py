"""A classifier that is a circuit with free angles, trained from shots."""
