"""The HTTP edge: authenticate, validate, start or read a workflow, render. No business rule lives here."""
