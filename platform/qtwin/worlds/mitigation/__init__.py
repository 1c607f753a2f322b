"""The mitigation world: noise gains, shots and circuits that reach a target error cheaply."""
