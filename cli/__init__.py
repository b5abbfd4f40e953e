"""The `answerable` command."""
