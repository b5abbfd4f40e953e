"""Processes that read strangers' bytes or run strangers' code, and what is taken from them first."""
