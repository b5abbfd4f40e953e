"""Packs that come with the application: one folder each, discovered by its `pack` module.

A pack imports `answerable_sdk.packs` and nothing else of Answerable, and the application never
imports a named pack.
"""
