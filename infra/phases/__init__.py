"""The phases of the Ising demo project, told from the shots of its jobs."""
