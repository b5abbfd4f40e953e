"""Everything that knows how Temporal looks on the wire."""
