"""Order, waiting and deadlines. Deterministic: no I/O, no clock but the workflow's own."""
