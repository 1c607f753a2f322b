"""What tools answer: typed, and of a bounded size."""
