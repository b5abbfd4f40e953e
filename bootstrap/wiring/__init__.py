"""Which adapter stands behind which port, for each kind of process."""
