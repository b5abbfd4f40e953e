"""HTTP on the wire: what one connection may cost."""
