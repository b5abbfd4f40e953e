"""Spans of time in questions: the phrases are ours, single dates and times are read by dateparser."""
