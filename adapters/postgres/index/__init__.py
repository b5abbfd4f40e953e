"""The passage index in PostgreSQL."""
