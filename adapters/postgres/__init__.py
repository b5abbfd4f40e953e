"""PostgreSQL with pgvector: the schema, the connections, one repository per noun, the passage index."""
