"""Datasets, documents and their versions, and the way from bytes to passages in the index."""
