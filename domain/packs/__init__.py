"""Packs and their tools."""
