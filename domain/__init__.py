"""Pure rules and value types. Imports the standard library, pydantic and itself, nothing else."""
