"""The processes in which documents are parsed and cut, each with its own limits."""
