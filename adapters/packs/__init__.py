"""The packs of this installation."""
