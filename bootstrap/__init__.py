"""The composition root: settings, wiring and the local servers."""
