"""Rerankers: look again at the few passages that the index found, each by more than the index can afford."""
