"""The steps of a version on its way into the index, and of sweeps."""
