"""Transfer: what a policy is worth where it was not trained, with an interval for each number."""
