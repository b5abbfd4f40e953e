"""Datasets, documents, ingests and searches."""
