"""How much work is done at once, for whom, and for how long."""
